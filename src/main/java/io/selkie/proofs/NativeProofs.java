package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proofs in this process, through JNA: for what is short (verify, commitments, checks), and for
 * every phase where a setting says so. A full disk, an abort or the out-of-memory killer takes the
 * JVM with it; {@link ProverProofs} does not have that fault.
 */
public final class NativeProofs extends JsonProofs {
  private static final Logger LOG = LoggerFactory.getLogger("io.selkie.native");
  private static final String PROGRESS = "selkie::progress";
  private static final int INFO = 3;

  /** Native code keeps the address of its callback, which must not be collected. */
  private static final AtomicReference<NativeProofs> REGISTERED = new AtomicReference<>();

  private final SelkieNative library;
  private final SelkieNative.LogCallback callback;
  private volatile ProofsProgress.@Nullable Listener listener;

  private NativeProofs(SelkieNative library) {
    this.library = library;
    this.callback = this::onLog;
  }

  /**
   * Loads the library. Once per process; a second call gets the same library with its own log
   * callback, which replaces the first.
   *
   * @throws IllegalStateException if it cannot be loaded or has another version; the message is one
   *     line
   */
  public static NativeProofs load(ProofsLibrary where) {
    NativeProofs proofs = new NativeProofs(bind(where.library()));
    synchronized (REGISTERED) {
      proofs.library.selkie_init(INFO, proofs.callback, null);
      REGISTERED.set(proofs);
    }
    return proofs;
  }

  private static SelkieNative bind(Path file) {
    try {
      SelkieNative library =
          Native.load(
              file.toString(),
              SelkieNative.class,
              Map.of(Library.OPTION_STRING_ENCODING, StandardCharsets.UTF_8.name()));
      int version = library.selkie_abi_version();
      if (version != ABI_VERSION) {
        throw new IllegalStateException(
            file
                + " has interface version "
                + version
                + ", this program needs "
                + ABI_VERSION
                + ": build both from the same sources");
      }
      return library;
    } catch (UnsatisfiedLinkError e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalStateException("cannot load the native proofs library: " + why, e);
    }
  }

  /** Tells the listener about the progress of every call of this process from now on. */
  public void listen(ProofsProgress.Listener newListener) {
    listener = newListener;
  }

  @Override
  byte[] exchange(byte[] request) {
    try (Reply reply = new Reply(library.selkie_call(Arrays.copyOf(request, request.length + 1)))) {
      return reply.bytes();
    }
  }

  private void onLog(int level, String target, String message, @Nullable Pointer user) {
    if (target.equals(PROGRESS)) {
      ProofsProgress.Listener current = listener;
      if (current != null) {
        current.onProgress(progress(message));
      }
      return;
    }
    switch (level) {
      case 1 -> LOG.error("{}: {}", target, message);
      case 2 -> LOG.warn("{}: {}", target, message);
      default -> LOG.debug("{}: {}", target, message);
    }
  }

  private static ProofsProgress progress(String json) {
    try {
      return JSON.readValue(json, ProofsProgress.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("progress of the native side is not as expected", e);
    }
  }

  /** A reply in native memory, freed exactly once. */
  private final class Reply implements AutoCloseable {
    private final Pointer pointer;

    Reply(Pointer pointer) {
      this.pointer = pointer;
    }

    byte[] bytes() {
      return pointer.getByteArray(0, Math.toIntExact(pointer.indexOf(0, (byte) 0)));
    }

    @Override
    public void close() {
      library.selkie_free(pointer);
    }
  }
}
