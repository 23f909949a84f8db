package io.selkie.worker;

import java.util.Map;

/**
 * What one proof at a time is made on.
 *
 * @param id which stays the same over restarts, such as {@code GPU-5e0f…} or {@code cpu-0}
 * @param environment that keeps a prover to it
 */
public record Device(String id, Map<String, String> environment) {
  /** The map is copied. */
  public Device {
    environment = Map.copyOf(environment);
  }

  /** Whether it is a GPU; otherwise a share of the processor. */
  public boolean isGpu() {
    return !environment.getOrDefault(Devices.VISIBLE, "").isEmpty();
  }
}
