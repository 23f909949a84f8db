package io.selkie.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has which device, and who waits for one: a proof of spacetime goes before sealing, then
 * whoever came first. Pure.
 */
final class Leases {
  private final List<Device> devices;
  private final Map<String, String> held = new LinkedHashMap<>();
  private final List<Wish> waiting = new ArrayList<>();

  /** What a device is wanted for, the more urgent first. */
  enum Use {
    POST,
    SEALING
  }

  /** A device for a holder. */
  record Grant(String holder, Device device) {}

  private record Wish(String holder, Use use) {}

  Leases(List<Device> devices) {
    this.devices = List.copyOf(devices);
  }

  /**
   * The holder works already, from before a restart: it holds its device whatever the limits are.
   *
   * @param device as it was written down; one that is not here any more is no less at work
   */
  void found(String holder, Optional<String> device) {
    held.put(
        holder,
        device.orElseGet(
            () ->
                free()
                    .map(Device::id)
                    .orElseGet(() -> devices.isEmpty() ? "" : devices.get(0).id())));
  }

  /** The holder wants a device; it is in the next {@link #grants} when its turn has come. */
  void want(String holder, Use use) {
    if (!held.containsKey(holder)
        && waiting.stream().noneMatch(wish -> wish.holder().equals(holder))) {
      waiting.add(new Wish(holder, use));
    }
  }

  /** The holder wants none any more. */
  void giveUp(String holder) {
    waiting.removeIf(wish -> wish.holder().equals(holder));
    held.remove(holder);
  }

  /** Hands out what is free. */
  List<Grant> grants() {
    List<Grant> grants = new ArrayList<>();
    Optional<Device> free = free();
    while (free.isPresent() && !waiting.isEmpty()) {
      Wish next = waiting.stream().min(Comparator.comparing(Wish::use)).orElseThrow();
      waiting.remove(next);
      held.put(next.holder(), free.get().id());
      grants.add(new Grant(next.holder(), free.get()));
      free = free();
    }
    return grants;
  }

  private Optional<Device> free() {
    // Above a lowered limit there is none, whichever those hold that were there before.
    return held.size() >= devices.size()
        ? Optional.empty()
        : devices.stream().filter(device -> !held.containsValue(device.id())).findFirst();
  }

  /** The device that the holder has; empty if it has none, or one that is not here any more. */
  Optional<Device> deviceOf(String holder) {
    return devices.stream().filter(device -> device.id().equals(held.get(holder))).findFirst();
  }

  Map<String, String> held() {
    return Map.copyOf(held);
  }
}
