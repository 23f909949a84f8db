package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.api.OperationException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class NodeOperationsTest {
  @Test
  void aSectorThatCouldNotBeNumberedWasNotBegun() {
    for (Exception trouble :
        List.of(new SQLException("the database is away"), new IOException("the disk is full"))) {
      OperationException refusal =
          assertInstanceOf(OperationException.class, outcome(trouble), trouble.toString());

      assertEquals(OperationException.Kind.UNAVAILABLE, refusal.kind());
    }
  }

  @Test
  void aSectorWhoseDriverDidNotAnswerMayBeBegun() {
    assertInstanceOf(TimeoutException.class, outcome(new TimeoutException("no answer")));
  }

  /** As the stages of sealing fail. */
  private static Throwable outcome(Exception trouble) {
    return assertThrows(
            CompletionException.class,
            () ->
                NodeOperations.unbegun(
                        CompletableFuture.failedStage(new CompletionException(trouble)))
                    .toCompletableFuture()
                    .join())
        .getCause();
  }
}
