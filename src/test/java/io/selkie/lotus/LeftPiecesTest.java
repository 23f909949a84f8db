package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.calls.CallState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftPiecesTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final CallOrder ORDER =
      new CallOrder.ReleaseUnsealed(SealProofType.STACKED_DRG_2KIB_V1_1, false);

  @TempDir Path spool;

  private UUID piece(long number) throws IOException {
    UUID call = new UUID(7, number);
    Files.writeString(spool.resolve(call + ".piece"), "bytes");
    return call;
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(spool)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void whatNoCallNeedsAnyMoreIsDeleted() throws Exception {
    // given pieces of calls that are over, and of such as are not, and files of others
    Map<UUID, CallState> calls =
        Map.of(
            piece(1), new CallState.Unknown(),
            piece(2), new CallState.Reported(SECTOR),
            piece(3), new CallState.Open(SECTOR, ORDER, Optional.empty()),
            piece(4), new CallState.Ended(SECTOR, ORDER, Optional.empty(), new CallOutcome.Done()));
    UUID silent = piece(5);
    for (String other : Set.of("x.piece", "1-2-3-4-5.piece", new UUID(7, 6) + ".part")) {
      Files.writeString(spool.resolve(other), "");
    }
    LeftPieces left = LeftPieces.in(spool);
    UUID fresh = piece(7);
    // when
    var unused =
        left.clear(
                call ->
                    call.equals(silent)
                        ? CompletableFuture.failedStage(new TimeoutException("no answer"))
                        : CompletableFuture.completedStage(calls.get(call)),
                Runnable::run)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    // then
    assertEquals(
        Set.of(
            new UUID(7, 3) + ".piece",
            new UUID(7, 4) + ".piece",
            silent + ".piece",
            fresh + ".piece",
            "x.piece",
            "1-2-3-4-5.piece",
            new UUID(7, 6) + ".part"),
        names());
  }
}
