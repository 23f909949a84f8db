package io.selkie.selftest;

import io.selkie.selftest.TransferCell.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sectors on their way from one node to another while either side is killed, the connection is cut,
 * a destination refuses or is full, and bytes change on the wire and on disk: each arrives whole,
 * or stays where it was.
 */
public final class TransferTrial implements Trial {
  private static final int FIRST_BYTE = 700;
  private static final int LAST_BYTE = 2200;
  private static final int TMPFS_BYTES = 64 << 10;

  private final List<TransferCell> cells;

  /** One kill of each side for all these cells. */
  public TransferTrial(List<TransferCell> cells) {
    this.cells = List.copyOf(cells);
  }

  @Override
  public String name() {
    return "transfer";
  }

  @Override
  public String description() {
    return "sectors sent to another node: either side killed, the network and disks at fault";
  }

  @Override
  public List<Verdict> run(Path directory) throws IOException, InterruptedException {
    List<Verdict> verdicts = new ArrayList<>();
    Path store = Files.createDirectories(directory.resolve("kill/store"));
    try (TransferPair pair = new TransferPair(directory.resolve("kill"), store)) {
      verdicts.addAll(kills(pair));
      verdicts.add(network(pair));
      verdicts.add(damagedSource(pair));
    }
    verdicts.addAll(failover(directory.resolve("failover")));
    verdicts.add(full(directory.resolve("full")));
    return verdicts;
  }

  /** Every cell has a sector; what came to a point is there when its side is killed. */
  private List<Verdict> kills(TransferPair pair) throws IOException, InterruptedException {
    Map<String, TransferCell> bySector = new LinkedHashMap<>();
    for (TransferCell cell : cells) {
      bySector.put(pair.next(bySector.size()), cell);
    }
    String flipped = pair.next(bySector.size());
    bySector.put(flipped, new TransferCell(Side.RECEIVER, false, "Transfer.before-verify"));
    pair.startReceiver(points(bySector, Side.RECEIVER));
    pair.startSender(points(bySector, Side.SENDER));
    pair.order("pause", Optional.empty());
    for (int sector = 0; sector < bySector.size(); sector++) {
      pair.pledge();
    }
    for (Map.Entry<String, TransferCell> entry : bySector.entrySet()) {
      String sector = entry.getKey();
      pair.await(
          sector + " to be sealed",
          () -> entry.getValue().early() ? isHeld(pair, entry) : pair.isPaused(sector));
      pair.remember(sector);
    }
    pair.order("resume", Optional.empty());
    for (Map.Entry<String, TransferCell> entry : bySector.entrySet()) {
      pair.await(entry + " to hold", () -> isHeld(pair, entry));
    }
    pair.killSender();
    pair.startSender(List.of());
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    judge(pair, bySector, Side.SENDER, verdicts);
    pair.killReceiver();
    flip(pair.arriving(flipped).resolve("0.part"), FIRST_BYTE);
    pair.startReceiver(List.of());
    judge(pair, bySector, Side.RECEIVER, verdicts);
    verdicts.computeIfPresent(
        flipped, (sector, verdict) -> verdict.of("a byte flipped on the receiver's disk"));
    return List.copyOf(verdicts.values());
  }

  private static boolean isHeld(TransferPair pair, Map.Entry<String, TransferCell> entry) {
    return Files.exists(pair.mark(entry.getValue().point(), entry.getKey()));
  }

  private static List<String> points(Map<String, TransferCell> cells, Side side) {
    List<String> points = new ArrayList<>();
    cells.forEach(
        (sector, cell) -> {
          if (cell.side() == side) {
            points.add(cell.point() + "@" + sector);
          }
        });
    return points;
  }

  private static void judge(
      TransferPair pair, Map<String, TransferCell> cells, Side side, Map<String, Verdict> verdicts)
      throws IOException, InterruptedException {
    for (Map.Entry<String, TransferCell> cell : cells.entrySet()) {
      if (cell.getValue().side() == side) {
        verdicts.put(
            cell.getKey(), new Verdict(cell.getValue().toString(), pair.arrived(cell.getKey())));
      }
    }
  }

  /**
   * The connection is cut, and a bit flipped, at many places of what is sent. One sector may be
   * through before all of it has happened; then more are sent.
   */
  private static Verdict network(TransferPair pair) throws IOException, InterruptedException {
    String cell = "connection cut and a bit flipped on the wire at many places";
    int wanted = 0;
    for (int place = FIRST_BYTE; place < LAST_BYTE; place += 300) {
      pair.proxy().cutAfter(place);
      pair.proxy().flipAt(place);
      wanted += 2;
    }
    for (int sent = 0; pair.proxy().happened() < wanted; sent++) {
      if (sent == wanted) {
        return Verdict.failed(cell, pair.proxy().happened() + " of " + wanted + " happened");
      }
      String sector = pair.seal();
      pair.order("resume", Optional.empty());
      Optional<String> problem = pair.arrived(sector);
      if (problem.isPresent()) {
        return new Verdict(cell, problem);
      }
    }
    return Verdict.passed(cell);
  }

  private static Verdict damagedSource(TransferPair pair) throws IOException, InterruptedException {
    String cell = "a bit flipped in the source";
    String sector = pair.seal();
    Path source = pair.repo().resolve("sealed").resolve(sector);
    flip(source, 5);
    pair.order("resume", Optional.empty());
    pair.await(
        "the transfer of " + sector + " to fail",
        () -> pair.sector(sector).at("/transfer/failure/code").asText().equals("damaged"));
    flip(source, 5);
    if (!pair.hasStayed(sector)) {
      return Verdict.failed(cell, sector + " did not stay as it was");
    }
    pair.order("resume", Optional.of(sector));
    return new Verdict(cell, pair.arrived(sector));
  }

  /** The first destination has another replica of the sector; the second is the peer. */
  private static List<Verdict> failover(Path directory) throws IOException, InterruptedException {
    Path store = Files.createDirectories(directory.resolve("store"));
    Path refusing = Files.createDirectories(directory.resolve("refusing/sealed")).resolve("..");
    try (TransferPair pair = new TransferPair(directory, store)) {
      pair.with("selkie.transfer.targets.0", refusing.normalize().toString());
      Map<String, String> bySector = new LinkedHashMap<>();
      List<String> points = new ArrayList<>();
      for (String point : TransferCell.OF_FAILOVER) {
        String sector = pair.next(bySector.size());
        bySector.put(sector, point);
        points.add(point + "@" + sector);
        Files.writeString(refusing.resolve("sealed").resolve(sector), "another replica");
      }
      pair.startReceiver(List.of());
      pair.startSender(points);
      for (int sector = 0; sector < bySector.size(); sector++) {
        pair.seal();
      }
      pair.order("resume", Optional.empty());
      for (Map.Entry<String, String> entry : bySector.entrySet()) {
        pair.await(
            entry + " to hold", () -> Files.exists(pair.mark(entry.getValue(), entry.getKey())));
      }
      pair.killSender();
      pair.startSender(List.of());
      List<Verdict> verdicts = new ArrayList<>();
      for (Map.Entry<String, String> entry : bySector.entrySet()) {
        String sector = entry.getKey();
        Optional<String> problem = pair.arrived(sector);
        Path other = refusing.resolve("sealed").resolve(sector);
        boolean untouched = Files.readString(other).equals("another replica");
        verdicts.add(
            new Verdict(
                "SENDER killed at " + entry.getValue(),
                untouched ? problem : Optional.of(other + " was changed")));
      }
      return verdicts;
    }
  }

  private static Verdict full(Path directory) throws IOException, InterruptedException {
    String cell = "destination full";
    Path store = Files.createDirectories(directory.resolve("store"));
    Optional<String> why = SmallDisk.mount(store, TMPFS_BYTES);
    if (why.isPresent()) {
      return Verdict.skipped(cell, why.get());
    }
    try (TransferPair pair = new TransferPair(directory, store)) {
      pair.startReceiver(List.of());
      pair.startSender(List.of());
      String sector = pair.seal();
      Path ballast = store.resolve("ballast");
      Files.write(ballast, new byte[TMPFS_BYTES - (8 << 10)]);
      pair.order("resume", Optional.empty());
      pair.await(
          "the refusal",
          () -> {
            String all = pair.get("/transfers").toString();
            return all.contains("no_destination") || all.contains("no_space");
          });
      if (!pair.hasStayed(sector)) {
        return Verdict.failed(cell, sector + " did not stay as it was");
      }
      Files.delete(ballast);
      return new Verdict(cell, pair.arrived(sector));
    } finally {
      SmallDisk.unmount(store);
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }
}
