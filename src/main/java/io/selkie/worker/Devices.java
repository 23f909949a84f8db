package io.selkie.worker;

import io.selkie.proofs.ProverSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what proofs can be made on. */
public final class Devices {
  /** The one variable that CUDA heeds. */
  static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  /** {@code GPU 0: NVIDIA H200 (UUID: GPU-5e0f…)}; the parts of a divided GPU are indented. */
  private static final Pattern GPU = Pattern.compile("^GPU \\d+: .*\\(UUID: (GPU-[0-9a-f-]+)\\)");

  private static final Pattern MIG = Pattern.compile("^\\s+MIG .*\\(UUID: (MIG-[0-9A-Za-z/-]+)\\)");

  private static final long PATIENCE_SECONDS = 20;

  private Devices() {}

  /**
   * The GPUs of this host if there are any and they are to be used, else shares of the processor.
   *
   * @param gpu whether GPUs are to be used
   * @param shares of the processor where there is none, at least 1
   * @param environment of this process: what the operator says of the builders counts
   */
  public static List<Device> find(boolean gpu, int shares, Map<String, String> environment) {
    String list = gpu ? listed() : "";
    List<Device> found = gpus(list, environment);
    if (found.isEmpty() && !listed(list).isEmpty()) {
      LOG.warn(
          "{} is \"{}\", which leaves no GPU of this host: proofs are made on the processor",
          VISIBLE,
          environment.get(VISIBLE));
    }
    if (!found.isEmpty()) {
      return found;
    }
    List<Device> processor = new ArrayList<>();
    for (int share = 0; share < shares; share++) {
      processor.add(new Device("cpu-" + share, ProverSettings.WITHOUT_GPU));
    }
    return List.copyOf(processor);
  }

  /**
   * The GPUs in the list of {@code nvidia-smi -L} that the operator lets proofs use; of divided
   * ones their parts.
   */
  static List<Device> gpus(String list, Map<String, String> environment) {
    return VisibleDevices.of(listed(list), environment).stream()
        .map(id -> new Device(id, environmentOf(id, environment)))
        .toList();
  }

  private static List<VisibleDevices.Gpu> listed(String list) {
    List<VisibleDevices.Gpu> gpus = new ArrayList<>();
    for (String line : list.lines().toList()) {
      Matcher gpu = GPU.matcher(line);
      Matcher part = MIG.matcher(line);
      if (gpu.find()) {
        gpus.add(new VisibleDevices.Gpu(gpu.group(1), List.of()));
      } else if (part.find() && !gpus.isEmpty()) {
        gpus.add(gpus.remove(gpus.size() - 1).with(part.group(1)));
      }
    }
    return gpus;
  }

  private static Map<String, String> environmentOf(String id, Map<String, String> environment) {
    Map<String, String> own = new LinkedHashMap<>();
    own.put(VISIBLE, id);
    for (String builder :
        List.of("FIL_PROOFS_USE_GPU_COLUMN_BUILDER", "FIL_PROOFS_USE_GPU_TREE_BUILDER")) {
      if (!environment.containsKey(builder)) {
        own.put(builder, "true");
      }
    }
    return own;
  }

  private static String listed() {
    try {
      Process process =
          new ProcessBuilder("nvidia-smi", "-L")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
      process.getOutputStream().close();
      // A driver in trouble hangs; its list is short, so it fits into the pipe meanwhile.
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        LOG.warn("nvidia-smi -L does not answer: proofs are made on the processor");
        return "";
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // no NVIDIA driver on this host
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
