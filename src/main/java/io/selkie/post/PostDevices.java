package io.selkie.post;

import io.selkie.worker.Device;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What a Groth proof is made on, before all sealing that waits for it. */
public interface PostDevices {
  /**
   * A device for one proof.
   *
   * @param holder who has it, for the log; no two at once have the same name
   * @param patience how long one that is busy is waited for; then one is shared with whatever runs
   *     there, since a deadline of the chain waits for nobody
   * @return does not fail
   */
  CompletionStage<Lease> lease(String holder, Duration patience);

  /**
   * A device.
   *
   * @param over to be called when the proof is made, or will never be
   */
  record Lease(Device device, Runnable over) {}
}
