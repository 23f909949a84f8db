package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.proofs.ProverSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevicesTest {
  private static final String LIST =
      """
      GPU 0: NVIDIA H200 (UUID: GPU-5e0f9c1a-0000-1111-2222-333344445555)
      GPU 1: NVIDIA H200 (UUID: GPU-6e0f9c1a-0000-1111-2222-333344445555)
      """;
  private static final String FIRST = "GPU-5e0f9c1a-0000-1111-2222-333344445555";
  private static final String SECOND = "GPU-6e0f9c1a-0000-1111-2222-333344445555";

  private static List<String> ids(List<Device> devices) {
    return devices.stream().map(Device::id).toList();
  }

  @Test
  void eachGpuIsADevice() {
    List<Device> devices = Devices.gpus(LIST, Map.of());

    assertEquals(List.of(FIRST, SECOND), ids(devices));
    assertEquals(
        Map.of(
            "CUDA_VISIBLE_DEVICES", FIRST,
            "FIL_PROOFS_USE_GPU_COLUMN_BUILDER", "true",
            "FIL_PROOFS_USE_GPU_TREE_BUILDER", "true"),
        devices.get(0).environment());
    assertTrue(devices.get(0).isGpu());
  }

  @Test
  void ofDividedGpusEachPartIsADevice() {
    String parts =
        LIST
            + "  MIG 3g.71gb     Device  0: (UUID: MIG-12345678-0000-1111-2222-333344445555)\n"
            + "  MIG 3g.71gb     Device  1: (UUID: MIG-22345678-0000-1111-2222-333344445555)\n";

    assertEquals(
        List.of(
            "MIG-12345678-0000-1111-2222-333344445555", "MIG-22345678-0000-1111-2222-333344445555"),
        ids(Devices.gpus(parts, Map.of())));
  }

  @Test
  void whatTheOperatorSaysOfGpusCounts() {
    List<Device> devices =
        Devices.gpus(
            LIST,
            Map.of("CUDA_VISIBLE_DEVICES", SECOND, "FIL_PROOFS_USE_GPU_TREE_BUILDER", "false"));

    assertEquals(List.of(SECOND), ids(devices));
    assertFalse(devices.get(0).environment().containsKey("FIL_PROOFS_USE_GPU_TREE_BUILDER"));
  }

  @Test
  void withoutGpusTheProcessorIsShared() {
    List<Device> devices = Devices.find(false, 2, Map.of());

    assertEquals(List.of("cpu-0", "cpu-1"), ids(devices));
    assertEquals(ProverSettings.WITHOUT_GPU, devices.get(0).environment());
    assertFalse(devices.get(0).isGpu());
    assertEquals(List.of(), Devices.gpus("NVIDIA-SMI has failed\n", Map.of()));
  }

  @Test
  void aProverThatLeftItsGpuIsFoundOut() {
    assertEquals(
        Optional.of("2026 WARN bellperson::gpu GPU Multiexp failed! Falling back to CPU..."),
        CpuFallback.in(
            """
            2026 INFO FFT: 1 working device(s) selected.
            2026 WARN bellperson::gpu GPU Multiexp failed! Falling back to CPU...
            """));
    assertEquals(
        Optional.of("Cannot instantiate GPU FFT kernel! Error: no device"),
        CpuFallback.in("Cannot instantiate GPU FFT kernel! Error: no device\n"));
    assertEquals(Optional.empty(), CpuFallback.in("Multiexp: 1 working device(s) selected.\n"));
  }
}
