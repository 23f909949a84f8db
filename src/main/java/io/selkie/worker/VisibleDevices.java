package io.selkie.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which GPUs {@code CUDA_VISIBLE_DEVICES} leaves visible, as CUDA reads it (CUDA C++ Programming
 * Guide, "CUDA Environment Variables"): numbers or ids with commas, in the order in which they are
 * used; an id may be cut short as long as it fits one GPU only. The first that means nothing, such
 * as -1, ends the list, and one that comes twice leaves none. Set and empty means none; not set
 * means all. Pure.
 *
 * <p>A number counts GPUs as {@code nvidia-smi} does, by their place on the bus, which is CUDA's
 * own count with {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}. What a prover is given is an id, which means
 * the same in every order.
 */
final class VisibleDevices {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private VisibleDevices() {}

  /**
   * A GPU of the host.
   *
   * @param parts of one that is divided, by their ids
   */
  record Gpu(String id, List<String> parts) {
    /** The list is copied. */
    Gpu {
      parts = List.copyOf(parts);
    }

    Gpu with(String part) {
      List<String> more = new ArrayList<>(parts);
      more.add(part);
      return new Gpu(id, more);
    }

    /** What proofs run on: of a divided GPU only its parts. */
    private List<String> usable() {
      return parts.isEmpty() ? List.of(id) : parts;
    }
  }

  /**
   * The ids of what may be used.
   *
   * @param gpus of the host, as {@code nvidia-smi -L} lists them
   */
  static List<String> of(List<Gpu> gpus, Map<String, String> environment) {
    boolean divided = gpus.stream().anyMatch(gpu -> !gpu.parts().isEmpty());
    List<String> all =
        gpus.stream()
            .filter(gpu -> !divided || !gpu.parts().isEmpty())
            .flatMap(gpu -> gpu.usable().stream())
            .toList();
    String visible = environment.get(Devices.VISIBLE);
    return visible == null ? all : chosen(gpus, visible);
  }

  private static List<String> chosen(List<Gpu> gpus, String visible) {
    List<String> chosen = new ArrayList<>();
    Set<String> named = new HashSet<>();
    for (String word : visible.split(",", -1)) {
      List<String> meant = meant(gpus, word.strip());
      if (meant.isEmpty()) {
        break;
      }
      if (!meant.stream().allMatch(named::add)) {
        return List.of();
      }
      chosen.addAll(meant);
    }
    return List.copyOf(chosen);
  }

  private static List<String> meant(List<Gpu> gpus, String word) {
    if (NUMBER.matcher(word).matches()) {
      int number = Integer.parseInt(word);
      return number < gpus.size() ? gpus.get(number).usable() : List.of();
    }
    if (word.startsWith("MIG-")) {
      boolean there = gpus.stream().anyMatch(gpu -> gpu.parts().contains(word));
      return there ? List.of(word) : List.of();
    }
    List<Gpu> fitting =
        word.startsWith("GPU-")
            ? gpus.stream().filter(gpu -> gpu.id().startsWith(word)).toList()
            : List.of();
    return fitting.size() == 1 ? fitting.get(0).usable() : List.of();
  }
}
