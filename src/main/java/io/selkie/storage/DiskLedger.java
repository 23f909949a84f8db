package io.selkie.storage;

import io.selkie.filecoin.SealProofType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a host's disks is free for more sectors: the usable bytes less all that the sectors which
 * are here may still write. So whoever is admitted never meets a full disk. Pure.
 */
public final class DiskLedger {
  private DiskLedger() {}

  /**
   * A file system.
   *
   * @param device by which it is known
   * @param path a directory on it, for the operator
   * @param parts of the next new sector that are to lie there
   * @param usable bytes that can be written now
   */
  public record Volume(String device, String path, Set<SectorSpace.Part> parts, long usable) {
    /** The set is copied. */
    public Volume {
      parts = Set.copyOf(parts);
    }
  }

  /**
   * A sector on the host.
   *
   * @param stage how far it is; empty: only a task of it is here
   * @param unsealing whether it is being unsealed
   * @param devices on which its parts lie
   * @param onDisk bytes of its files that need no more space when they are written again
   */
  public record Charge(
      SealProofType proofType,
      Optional<SectorSpace.Stage> stage,
      boolean unsealing,
      Map<SectorSpace.Part, String> devices,
      Map<SectorSpace.Part, Long> onDisk) {
    /** The maps are copied. */
    public Charge {
      devices = Map.copyOf(devices);
      onDisk = Map.copyOf(onDisk);
    }
  }

  /**
   * What is kept for a sector, by part: the most that it has on disk until it is sealed, less what
   * is there already.
   */
  public static Map<SectorSpace.Part, Long> kept(Charge charge) {
    Map<SectorSpace.Part, Long> kept = new EnumMap<>(SectorSpace.Part.class);
    charge
        .stage()
        .ifPresent(
            stage ->
                SectorSpace.peak(charge.proofType(), stage)
                    .forEach(
                        (part, peak) ->
                            kept.put(
                                part, Math.max(0, peak - charge.onDisk().getOrDefault(part, 0L)))));
    if (charge.unsealing()) {
      SectorSpace.unsealing(charge.proofType())
          .forEach((part, bytes) -> kept.merge(part, bytes, Long::sum));
    }
    return kept;
  }

  /** Bytes that are free for more sectors, for each volume; below 0 where those here come short. */
  public static List<Long> free(List<Volume> volumes, Collection<Charge> sectors) {
    Map<String, Long> wanted = new HashMap<>();
    for (Charge sector : sectors) {
      kept(sector)
          .forEach(
              (part, bytes) ->
                  wanted.merge(sector.devices().getOrDefault(part, ""), bytes, Long::sum));
    }
    List<Long> free = new ArrayList<>();
    for (Volume volume : volumes) {
      free.add(volume.usable() - wanted.getOrDefault(volume.device(), 0L));
    }
    return free;
  }
}
