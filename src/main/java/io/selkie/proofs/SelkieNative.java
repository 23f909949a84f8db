package io.selkie.proofs;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The C functions of {@code native/src/abi.rs}. */
interface SelkieNative extends Library {
  int selkie_abi_version();

  int selkie_init(int level, LogCallback callback, @Nullable Pointer user);

  /** The reply, which has to be given to {@link #selkie_free}. */
  Pointer selkie_call(byte[] request);

  void selkie_free(Pointer reply);

  /** Receives log records on the thread that logs. */
  interface LogCallback extends Callback {
    void log(int level, String target, String message, @Nullable Pointer user);
  }
}
