package io.selkie.lotus;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.Decl;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.HealthReport;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.rpc.RpcException;
import io.selkie.storage.FileType;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The miner's storage index, in memory, by the rules of LOTUS_WORKER_PROTOCOL.md 10.3. */
public final class StandInIndex {
  private static final Duration HEARTBEAT = Duration.ofSeconds(50);

  private final Map<String, Entry> paths = new TreeMap<>();

  /** Whether it is primary. */
  private final Map<Declared, Boolean> declared = new HashMap<>();

  private record Declared(String path, SectorId sector, FileType type) {}

  private static final class Entry {
    private StorageInfo info;
    private FsStat stat;
    private Instant heard = Instant.now();
    private String trouble = "";

    Entry(StorageInfo info, FsStat stat) {
      this.info = info;
      this.stat = stat;
    }
  }

  synchronized void attach(StorageInfo path, FsStat stat) {
    Entry known = paths.get(path.id());
    if (known == null) {
      paths.put(path.id(), new Entry(path, stat));
    } else {
      Set<String> urls = new LinkedHashSet<>(known.info.urls());
      urls.addAll(path.urls());
      known.info = withUrls(path, List.copyOf(urls));
    }
  }

  private static StorageInfo withUrls(StorageInfo path, List<String> urls) {
    return new StorageInfo(
        path.id(),
        urls,
        path.weight(),
        path.maxStorage(),
        path.canSeal(),
        path.canStore(),
        path.groups(),
        path.allowTo(),
        path.allowTypes(),
        path.denyTypes(),
        path.allowMiners(),
        path.denyMiners());
  }

  synchronized void detach(String id, String url) throws RpcException {
    Entry known = entry(id, "storage '" + id + "' not found");
    List<String> rest = new ArrayList<>(known.info.urls());
    if (!rest.remove(url) && rest.size() == 1) {
      throw new RpcException("not dropping path, requested and index urls don't match");
    }
    if (rest.isEmpty()) {
      paths.remove(id);
      declared.keySet().removeIf(one -> one.path.equals(id));
    } else {
      known.info = withUrls(known.info, rest);
    }
  }

  private Entry entry(String id, String refusal) throws RpcException {
    Entry known = paths.get(id);
    if (known == null) {
      throw new RpcException(refusal);
    }
    return known;
  }

  synchronized StorageInfo info(String id) throws RpcException {
    return entry(id, "sector store not found").info;
  }

  synchronized FsStat stat(String id) throws RpcException {
    return entry(id, "sector store not found").stat;
  }

  synchronized void health(String id, HealthReport report) throws RpcException {
    Entry known = entry(id, "health report for unknown storage: " + id);
    known.stat = report.stat();
    known.trouble = report.err();
    known.heard = Instant.now();
  }

  /** Files of a sector are at a path. */
  public synchronized void declare(
      String path, SectorId sector, SectorFileTypes types, boolean primary) {
    types
        .types()
        .forEach(
            type -> declared.merge(new Declared(path, sector, type), primary, Boolean::logicalOr));
  }

  /** Files of a sector are no longer at a path. */
  public synchronized void drop(String path, SectorId sector, SectorFileTypes types) {
    types.types().forEach(type -> declared.remove(new Declared(path, sector, type)));
  }

  /** The paths at which a file of a sector is declared. */
  public synchronized Set<String> where(SectorId sector, FileType type) {
    Set<String> where = new TreeSet<>();
    for (Declared one : declared.keySet()) {
      if (one.sector.equals(sector) && one.type == type) {
        where.add(one.path);
      }
    }
    return where;
  }

  /** Whether a file is declared at a path as no mere copy. */
  public synchronized boolean isPrimary(String path, SectorId sector, FileType type) {
    return declared.getOrDefault(new Declared(path, sector, type), false);
  }

  /** The paths that are attached. */
  public synchronized List<StorageInfo> attached() {
    return paths.values().stream().map(entry -> entry.info).toList();
  }

  synchronized List<SectorStorageInfo> find(
      SectorId sector, SectorFileTypes types, long sectorSize, boolean allowFetch) {
    List<SectorStorageInfo> found = new ArrayList<>();
    Set<String> allowTo = new TreeSet<>();
    String names =
        types.types().size() == 1
            ? types.types().iterator().next().toString()
            : "%3Cunknown%20" + types.bits() + "%20" + types + "%3E";
    for (Entry entry : paths.values()) {
      StorageInfo path = entry.info;
      long held =
          types.types().stream()
              .filter(type -> declared.containsKey(new Declared(path.id(), sector, type)))
              .count();
      boolean primary = types.types().stream().anyMatch(t -> isPrimary(path.id(), sector, t));
      if (held > 0) {
        allowTo.addAll(path.allowTo());
        found.add(shown(path, names + "/" + sector, path.weight() * held, primary));
      }
    }
    if (allowFetch) {
      long needed = needed(types, sectorSize, PathKind.SEALING);
      Set<String> holders = new TreeSet<>(found.stream().map(SectorStorageInfo::id).toList());
      for (Entry entry : paths.values()) {
        StorageInfo path = entry.info;
        if (!holders.contains(path.id())
            && path.canSeal()
            && isUsable(entry, needed, sector.miner())
            && allowsTypes(path, types)
            && (allowTo.isEmpty() || !Collections.disjoint(allowTo, path.groups()))) {
          found.add(shown(path, names + "/" + sector, 0, false));
        }
      }
    }
    Collections.shuffle(found);
    return found;
  }

  private static SectorStorageInfo shown(
      StorageInfo path, String file, long weight, boolean primary) {
    return new SectorStorageInfo(
        path.id(),
        path.urls().stream().map(url -> url + "/" + file).toList(),
        path.urls(),
        weight,
        path.canSeal(),
        path.canStore(),
        primary,
        path.allowTypes(),
        path.denyTypes(),
        path.allowMiners(),
        path.denyMiners());
  }

  synchronized List<StorageInfo> bestAlloc(
      SectorFileTypes types, long sectorSize, PathKind kind, MinerId miner) throws RpcException {
    long needed = needed(types, sectorSize, kind);
    List<StorageInfo> best =
        paths.values().stream()
            .filter(
                entry -> kind == PathKind.SEALING ? entry.info.canSeal() : entry.info.canStore())
            .filter(entry -> isUsable(entry, needed, miner))
            .sorted(Comparator.comparing(StandInIndex::rank).reversed())
            .map(entry -> entry.info)
            .toList();
    if (best.isEmpty()) {
      throw new RpcException("no good path found");
    }
    return best;
  }

  private static BigInteger rank(Entry entry) {
    return BigInteger.valueOf(entry.stat.available())
        .multiply(BigInteger.valueOf(entry.info.weight()));
  }

  private static boolean isUsable(Entry entry, long needed, MinerId miner) {
    List<String> allow = entry.info.allowMiners();
    return needed <= entry.stat.available()
        && entry.trouble.isEmpty()
        && entry.heard.plus(HEARTBEAT).isAfter(Instant.now())
        && (allow.isEmpty() || allow.contains(miner.toString()))
        && !entry.info.denyMiners().contains(miner.toString());
  }

  private static boolean allowsTypes(StorageInfo path, SectorFileTypes types) {
    return types.types().stream()
        .map(FileType::toString)
        .anyMatch(
            type ->
                (path.allowTypes().isEmpty() || path.allowTypes().contains(type))
                    && !path.denyTypes().contains(type));
  }

  /** Bytes by Lotus's factors, which are tenths of the sector's size. */
  private static long needed(SectorFileTypes types, long sectorSize, PathKind kind) {
    long tenths = 0;
    for (FileType type : types.types()) {
      tenths +=
          switch (type) {
            case CACHE -> kind == PathKind.SEALING ? 141 : 1;
            case UPDATE_CACHE -> kind == PathKind.SEALING ? 21 : 1;
            default -> 10;
          };
    }
    return tenths * sectorSize / 10;
  }

  synchronized Map<String, List<Decl>> list() {
    Map<String, List<Decl>> all = new LinkedHashMap<>();
    paths.keySet().forEach(id -> all.put(id, new ArrayList<>()));
    declared
        .keySet()
        .forEach(
            one ->
                all.computeIfAbsent(one.path, path -> new ArrayList<>())
                    .add(
                        new Decl(
                            one.sector.miner(),
                            one.sector.number(),
                            SectorFileTypes.of(one.type))));
    return all;
  }

  /** A restart: what the miner has itself is found again on its disks. */
  synchronized void clearBut(String ownPath) {
    paths.clear();
    declared.keySet().removeIf(one -> !one.path.equals(ownPath));
  }
}
