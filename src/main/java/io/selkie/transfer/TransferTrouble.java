package io.selkie.transfer;

import io.selkie.scheduler.Failure;
import java.io.IOException;

/** Why a transfer does not go on, and whether time will help. */
final class TransferTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  private TransferTrouble(Failure.Action action, String code, String message) {
    super(message);
    this.failure = new Failure(action, code, message);
  }

  /** It is tried again by itself. */
  static TransferTrouble passing(String code, String message) {
    return new TransferTrouble(Failure.Action.RETRY, code, message);
  }

  /** It is the same next time, until somebody does something. */
  static TransferTrouble lasting(String code, String message) {
    return new TransferTrouble(Failure.Action.ABANDON, code, message);
  }

  /** Of a disk. */
  static TransferTrouble of(IOException trouble) {
    return isNoSpace(trouble)
        ? passing("no_space", "the disk is full: " + trouble.getMessage())
        : passing("error", trouble.toString());
  }

  /** Whether a disk or a quota was full; Java has no type for it. */
  static boolean isNoSpace(Throwable trouble) {
    String message = String.valueOf(trouble.getMessage());
    return message.contains("No space left on device") || message.contains("quota exceeded");
  }

  Failure failure() {
    return failure;
  }
}
