package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each point at which either side may die, and what else goes wrong on the way. */
class TransferSlowIT {
  @TempDir Path directory;

  private TransferPair pair(Path store) throws Exception {
    TransferPair pair = new TransferPair(directory, store);
    pair.startSender(List.of());
    return pair;
  }

  private Path store() throws Exception {
    return Files.createDirectories(directory.resolve("store"));
  }

  @Test
  void theSenderMayDieAnywhere() throws Exception {
    try (TransferPair pair = pair(store())) {
      TransferKills.killSenderEarly(pair, TransferKills.edgesOfSender(true));
      TransferKills.killSender(pair, TransferKills.edgesOfSender(false));
      TransferKills.killSender(pair, TransferKills.SENDER);
    }
  }

  @Test
  void theReceiverMayDieAnywhere() throws Exception {
    try (TransferPair pair = pair(store())) {
      TransferKills.killReceiver(pair, TransferKills.RECEIVER);
    }
  }

  @Test
  void theConnectionMayBeCutAndChangedAtManyPlaces() throws Exception {
    try (TransferPair pair = pair(store())) {
      String sector = pair.seal();
      for (int place = 700; place < 2200; place += 150) {
        pair.proxy.cutAfter(place);
        pair.proxy.flipAt(place);
      }
      pair.resume();
      pair.awaitArrived(sector);
    }
  }

  /** The byte changes on the receiver's disk between its arrival and its being read back. */
  @Test
  void whatChangesOnDiskIsFoundAtReadBackAndSentAgain() throws Exception {
    try (TransferPair pair = pair(store())) {
      String sector = pair.seal();
      pair.killReceiver();
      pair.startReceiver(List.of("Transfer.before-verify@" + sector));
      pair.resume();
      pair.await(
          "all to have come",
          () -> Files.exists(pair.marks.resolve("Transfer.before-verify@" + sector)));
      pair.killReceiver();
      flip(directory.resolve("store/fetching").resolve(sector).resolve("0.part"), 777);
      pair.startReceiver(List.of());
      pair.awaitArrived(sector);
    }
  }

  private static void flip(Path file, int at) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }

  @Test
  void aDamagedSourceStaysAndSaysSo() throws Exception {
    try (TransferPair pair = pair(store())) {
      String sector = pair.seal();
      Path source = pair.sending.resolve("repo/sealed").resolve(sector);
      flip(source, 5);
      pair.resume();
      pair.await(
          "the transfer to fail",
          () -> pair.sector(sector).path("transfer").path("state").asText().equals("failed"));
      assertEquals(
          "damaged", pair.sector(sector).path("transfer").path("failure").path("code").asText());
      flip(source, 5);
      pair.assertStayed(sector);

      pair.order("resume", java.util.Optional.of(sector));
      pair.awaitArrived(sector);
    }
  }

  @Test
  void aFullDestinationRefusesAndTheSourceStays() throws Exception {
    Path store = store();
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", store.toString()) == 0);
    try (TransferPair pair = pair(store)) {
      String sector = pair.seal();
      Path ballast = store.resolve("ballast");
      Files.write(ballast, new byte[60 << 10]);
      pair.resume();
      pair.await(
          "the refusal",
          () ->
              pair.get("/transfers").toString().contains("no_destination")
                  || pair.get("/transfers").toString().contains("no_space"));
      pair.assertStayed(sector);
      Files.delete(ballast);
      pair.awaitArrived(sector);
    } finally {
      run("umount", "-l", store.toString());
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }
}
