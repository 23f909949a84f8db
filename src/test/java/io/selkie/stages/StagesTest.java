package io.selkie.stages;

import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class StagesTest {
  private final IOException failure = new IOException("the disk is full", new RuntimeException());

  @Test
  void whatFailedComesOutOfAllItsWrappers() {
    assertSame(failure, Stages.cause(new CompletionException(new CompletionException(failure))));
    assertSame(failure, Stages.cause(failure), "its own cause is no wrapper");
  }

  @Test
  void aWrapperOfNothingIsWhatFailed() {
    CompletionException bare = new CompletionException("empty", null);

    assertSame(bare, Stages.cause(bare));
  }
}
