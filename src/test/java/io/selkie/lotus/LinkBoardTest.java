package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.LotusTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LinkBoardTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-7");

  private static final Duration LONG = Duration.ofSeconds(30);

  private final LinkBoard board = new LinkBoard();

  private static FarmCapacity capacity(boolean room) {
    return new FarmCapacity(Map.of(LotusTask.ADD_PIECE, 1), 1, room, Set.of(SECTOR));
  }

  private Set<LotusTask> asked() {
    return board.taskTypes().tasks();
  }

  @Test
  void aMinerThatAskedAFullFarmIsToldWhenThereIsRoom() {
    board.hasItsPieces(SECTOR);
    board.put(capacity(false));
    assertFalse(asked().contains(LotusTask.ADD_PIECE));
    assertFalse(board.hasRoomAgain());

    board.put(capacity(true));

    assertTrue(board.hasRoomAgain());
    assertTrue(asked().contains(LotusTask.ADD_PIECE));
    assertTrue(board.hasRoomAgain());
    board.forgetLackOfRoom();
    assertFalse(board.hasRoomAgain());
  }

  @Test
  void aSectorThatFillsTheFarmGetsItsOtherPieces() {
    board.put(capacity(false));
    assertTrue(asked().contains(LotusTask.ADD_PIECE));

    board.hasItsPieces(SECTOR);

    assertFalse(asked().contains(LotusTask.ADD_PIECE));
  }

  @Test
  void whatNobodyAskedForIsNoNews() {
    board.put(capacity(false));
    board.put(capacity(true));

    assertFalse(board.hasRoomAgain());
    assertTrue(asked().contains(LotusTask.ADD_PIECE));
  }

  @Test
  void whoAsksAHostThatHasJustStartedIsAnsweredOnceItIsAWorker() throws Exception {
    CompletionStage<Set<LotusTask>> tasks = board.onceHeld(LONG, this::asked);
    board.put(capacity(true));
    assertFalse(tasks.toCompletableFuture().isDone());

    board.hold(UUID.randomUUID());

    assertTrue(tasks.toCompletableFuture().get().contains(LotusTask.ADD_PIECE));
    board.release();
    assertEquals(
        List.of(), board.onceHeld(Duration.ZERO, board::paths).toCompletableFuture().get());
  }

  @Test
  void whoGaveTheLinkAwaySaysSoUntilItHasItAgain() {
    assertFalse(board.isHandedOver(), "nobody may have it yet");
    board.hold(UUID.randomUUID());
    board.handOver(false);
    assertFalse(board.isHandedOver());

    board.release();
    assertFalse(board.isHandedOver(), "the miner knows this address alone");
    board.handOver(true);
    assertTrue(board.isHandedOver());

    board.hold(UUID.randomUUID());
    assertFalse(board.isHandedOver());
  }
}
