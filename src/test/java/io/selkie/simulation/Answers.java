package io.selkie.simulation;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** What provers answer: no two give the same result. */
final class Answers {
  private static final CommD COMM_D = CommD.ofHex("04".repeat(32));
  private static final Path OUTPUT = Path.of("/output");

  private Answers() {}

  static Answer of(World world, TaskId.Attempt attempt) {
    TaskKind kind = attempt.task().kind();
    if (world.happens(world.weather.proverFailure())) {
      return new Answer.Trouble(failure(world, kind));
    }
    TaskResult result = result(kind, world.random.nextInt(Integer.MAX_VALUE));
    return new Answer.Result(
        result instanceof TaskResult.Moved moved
            ? new TaskResult.Moved(of(attempt, moved.copy()))
            : result);
  }

  /** A copy by whose path its sector is known. */
  private static SectorCopy of(TaskId.Attempt attempt, SectorCopy copy) {
    return new SectorCopy(copy.host(), copy.place(), attempt.sector().toString(), copy.files());
  }

  private static Failure failure(World world, TaskKind kind) {
    int which = world.random.nextInt(10);
    if (which < 6) {
      return new Failure(Failure.Action.RETRY, "no_space", "the disk is full");
    }
    boolean hasEarlier = kind.isPhase() && kind != TaskKind.ADD_PIECE;
    return which < 8 && hasEarlier
        ? new Failure(Failure.Action.REDO, "missing", "a file is missing")
        : new Failure(Failure.Action.ABANDON, "bad_request", "it cannot be done");
  }

  static TaskResult result(TaskKind kind, int mark) {
    String hex = "%08x".formatted(mark).repeat(8);
    return switch (kind) {
      case ADD_PIECE ->
          new TaskResult.PieceAdded(new PieceInfo(new PaddedSize(2048), CommP.ofHex(hex)));
      case PRE_COMMIT_1 -> new TaskResult.Labelled(bytes(mark), COMM_D, 0);
      case PRE_COMMIT_2 -> new TaskResult.Encoded(CommR.ofHex(hex), COMM_D);
      case COMMIT_1 -> new TaskResult.VanillaProved(OUTPUT, 100, "blake3:" + hex);
      case COMMIT_2 -> new TaskResult.Proved(new SealProof(bytes(mark)));
      case FINALIZE -> new TaskResult.Finalized(mark);
      case UNSEAL -> new TaskResult.Unsealed(OUTPUT, mark);
      case REMOVE -> new TaskResult.FilesRemoved();
      case TRANSFER -> new TaskResult.Transferred(copy(hex));
      case RELEASE -> new TaskResult.Released(copy(hex), mark);
      case MOVE -> new TaskResult.Moved(copy(hex));
      default -> throw new AssertionError("no sector is updated here: " + kind);
    };
  }

  private static SectorCopy copy(String hex) {
    return new SectorCopy(
        "host-1", "/store", "/store", List.of(new SectorCopy.File("sealed", 1, "blake3:" + hex)));
  }

  private static Bytes bytes(int mark) {
    return Bytes.of(ByteBuffer.allocate(Integer.BYTES).putInt(mark).array());
  }
}
