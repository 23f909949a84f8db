package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.proofs.ProverSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static List<String> visible(String list, String visible) {
    return ids(Devices.gpus(list, Map.of("CUDA_VISIBLE_DEVICES", visible)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1",
        "0,1 | 0 1",
        "1,0 | 1 0",
        "0, 1 | 0 1",
        "GPU-6e | 1",
        "0,GPU-6e0f9c1a | 0 1",
        "GPU-6e,0 | 1 0",
        "0,2,1 | 0",
        "0,-1,1 | 0",
        "1,none,0 | 1",
      })
  void numbersAndIdsNameGpusInTheirOrderUpToTheFirstThatMeansNothing(String text, String gpus) {
    List<String> expected =
        List.of(gpus.split(" ")).stream().map(n -> n.equals("0") ? FIRST : SECOND).toList();

    assertEquals(expected, visible(LIST, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "2", "none", "-1,0", "GPU-", "GPU-7e", ",0", "NoDevFiles", "0x1"})
  void whatNamesNoGpuLeavesNone(String text) {
    assertEquals(List.of(), visible(LIST, text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0,0", "1,GPU-6e", "0,1,0"})
  void aGpuThatIsNamedTwiceLeavesNone(String text) {
    assertEquals(List.of(), visible(LIST, text));
  }

  @Test
  void aNumberOfADividedGpuMeansItsParts() {
    String first = "MIG-12345678-0000-1111-2222-333344445555";
    String second = "MIG-22345678-0000-1111-2222-333344445555";
    String divided =
        """
        GPU 0: NVIDIA H200 (UUID: %s)
        GPU 1: NVIDIA H200 (UUID: %s)
          MIG 3g.71gb     Device  0: (UUID: %s)
          MIG 3g.71gb     Device  1: (UUID: %s)
        """
            .formatted(FIRST, SECOND, first, second);

    assertEquals(List.of(first, second), visible(divided, "1"));
    assertEquals(List.of(first, second), visible(divided, "GPU-6e"));
    assertEquals(List.of(FIRST), visible(divided, "0"));
    assertEquals(List.of(second), visible(divided, second));
    assertEquals(List.of(), visible(divided, "MIG-22345678"));
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
