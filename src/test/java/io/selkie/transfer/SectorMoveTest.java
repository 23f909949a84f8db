package io.selkie.transfer;

import static io.selkie.transfer.TransferSamples.CHUNK;
import static io.selkie.transfer.TransferSamples.SECTOR;
import static io.selkie.transfer.TransferSamples.SHA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unsealed sector goes from one host to another. */
class SectorMoveTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final HostId TO = new HostId("host-2");
  private static final FileSource AT = new FileSource(TO, URI.create("http://10.0.0.2:4721"));

  @TempDir Path temp;
  private Path from;
  private Path to;
  private Receiver receiver;
  private SectorMove moves;
  private int sent;

  private final Map<String, byte[]> content = new HashMap<>();

  @BeforeEach
  void setUp() throws Exception {
    from = Files.createDirectories(temp.resolve("from")).toRealPath();
    to = Files.createDirectories(temp.resolve("to")).toRealPath();
    receiver = receiver();
    moves = moves();
    file("unsealed/" + SECTOR, 2048);
    file("cache/" + SECTOR + "/sc-02-data-layer-1.dat", 2048);
    file("cache/" + SECTOR + "/sc-02-data-tree-d.dat", 4032);
    manifest();
  }

  private void file(String name, int bytes) throws IOException {
    byte[] data = new byte[bytes];
    new Random(name.hashCode()).nextBytes(data);
    content.put(name, data);
    Path file = from.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, data);
  }

  private void manifest() throws IOException {
    String layer =
        TransferSamples.digest(from.resolve("cache/" + SECTOR).resolve("sc-02-data-layer-1.dat"));
    String text =
        "{\"version\": 1, \"sector\": \"%s\", \"proofType\": 5, \"pieces\": [], \"preCommit1\": {"
                .formatted(SECTOR)
            + "\"ticket\": \"%s\", \"commD\": \"%s\", \"layers\": ["
                .formatted("01".repeat(32), "02".repeat(32))
            + "{\"layer\": 1, \"bytes\": 2048, \"digest\": \"%s\"}]}}".formatted(layer);
    String name = "selkie/" + SECTOR + ".json";
    Files.createDirectories(from.resolve("selkie"));
    Files.writeString(from.resolve(name), text);
    content.put(name, Files.readAllBytes(from.resolve(name)));
  }

  private Receiver receiver() {
    return new Receiver(
        List::of,
        new KnownStores(temp.resolve("known")),
        Destinations.none(),
        (sector, digest) -> Optional.of("it must not be asked"),
        new SealingPlaces() {
          @Override
          public Path take(SectorId sector, SealProofType type, int generation) {
            return to;
          }

          @Override
          public List<Path> roots() {
            return List.of(to);
          }
        },
        TO.value(),
        SHA,
        Runnable::run,
        2,
        Duration.ofMinutes(1));
  }

  private SectorMove moves() {
    return new SectorMove(
        sector -> new SectorFiles(from, sector),
        new TransferPlan.Directory(temp.resolve("move-plans")),
        (source, sector) -> new Wire(),
        SHA,
        CHUNK);
  }

  /** The other host, without a network between. */
  private final class Wire implements Destination {
    @Override
    public String place() {
      return AT.url().toString();
    }

    @Override
    public Space look(List<Path> sources, Control control) {
      return new Space(Way.SEND, 0);
    }

    @Override
    public SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
        throws IOException, TransferTrouble {
      ArrivalStatus status = receiver.offer(offer);
      for (int file = 0; file < status.missing().size(); file++) {
        for (ChunkMap.Range range : status.missing().get(file)) {
          for (int chunk = range.from(); chunk <= range.to(); chunk++) {
            send(offer, file, chunk, Files.readAllBytes(sources.get(file)));
          }
        }
      }
      return copy(offer, receiver.commit(offer.sector(), offer.id(), false));
    }

    private SectorCopy copy(Offer offer, ArrivalStatus status) {
      assertEquals(ArrivalStatus.PLACED, status.state());
      return new SectorCopy(status.host(), place(), status.path(), offer.files());
    }

    @Override
    public Optional<SectorCopy> find(Offer offer, Control control)
        throws IOException, TransferTrouble {
      try {
        return Optional.of(copy(offer, receiver.status(offer.sector(), offer.id(), false)));
      } catch (TransferTrouble e) {
        return Optional.empty();
      }
    }

    @Override
    public void discard(Offer offer, Control control) {
      throw new AssertionError("what moves is never discarded");
    }
  }

  private void send(Offer offer, int file, int chunk, byte[] all)
      throws IOException, TransferTrouble {
    sent++;
    ByteBuffer bytes = ByteBuffer.wrap(all, chunk * CHUNK, offer.length(file, chunk)).slice();
    CRC32C sum = new CRC32C();
    sum.update(bytes.duplicate());
    Arrival.Chunk begun =
        receiver
            .arrival(SECTOR, offer.id(), false)
            .begin(file, chunk, (int) sum.getValue())
            .orElseThrow();
    begun.write(bytes);
    begun.finish();
    begun.close();
  }

  private SectorCopy move() throws Exception {
    TaskResult result =
        moves.move(new TaskRequest.Move(TYPE, TO, 1, Optional.of(AT)), new Control(SECTOR));
    return ((TaskResult.Moved) result).copy();
  }

  private long release(SectorCopy copy) throws Exception {
    TaskResult result =
        moves.release(
            new TaskRequest.Release(TYPE, copy, Optional.of(new HostId("host-1")), Optional.of(AT)),
            new Control(SECTOR));
    return ((TaskResult.Released) result).bytes();
  }

  private void assertAllAre(Path root) throws IOException {
    for (Map.Entry<String, byte[]> file : content.entrySet()) {
      assertArrayEquals(
          file.getValue(), Files.readAllBytes(root.resolve(file.getKey())), file.getKey());
    }
  }

  private void assertNoneIs(Path root) {
    for (String name : content.keySet()) {
      assertFalse(Files.exists(root.resolve(name)), name);
    }
    assertFalse(Files.exists(root.resolve("cache").resolve(SECTOR.toString())));
  }

  @Test
  void everyFileArrivesAndTheSourceStaysUntilItIsReleased() throws Exception {
    SectorCopy copy = move();

    assertAllAre(to);
    assertAllAre(from);
    assertEquals(content.size(), copy.files().size());
    assertFalse(Files.exists(to.resolve("fetching").resolve(SECTOR.toString())));
    assertFalse(
        Files.exists(new SectorFiles(to, SECTOR).receipt()), "it is no stored copy of a sector");

    assertEquals(copy.size(), release(copy));
    assertAllAre(to);
    assertNoneIs(from);
    assertEquals(0, release(copy), "done again, nothing is left to do");
  }

  @Test
  void askedForAgainAfterACrashItSendsNothingTwice() throws Exception {
    move();
    int once = sent;
    receiver = receiver();
    moves = moves();

    move();

    assertEquals(once, sent);
  }

  @Test
  void whatIsWorkedOnAtTheOtherHostIsNeverTakenForTheCopy() throws Exception {
    SectorCopy copy = move();
    Files.writeString(to.resolve("unsealed").resolve(SECTOR.toString()), "changed");

    TransferTrouble release = assertThrows(TransferTrouble.class, () -> release(copy));
    TransferTrouble again = assertThrows(TransferTrouble.class, this::move);

    assertEquals("no_copy", release.failure().code());
    assertEquals("exists", again.failure().code());
    assertAllAre(from);
    assertEquals("changed", Files.readString(to.resolve("unsealed").resolve(SECTOR.toString())));
  }

  @Test
  void aSourceThatChangedSinceIsNotDeleted() throws Exception {
    SectorCopy copy = move();
    Files.writeString(from.resolve("unsealed").resolve(SECTOR.toString()), "more");

    assertThrows(TransferTrouble.class, () -> release(copy));

    assertTrue(Files.exists(from.resolve("cache/" + SECTOR + "/sc-02-data-layer-1.dat")));
  }

  @Test
  void aFileThatNobodyKnowsKeepsTheSectorWhereItIs() throws Exception {
    Files.writeString(from.resolve("cache").resolve(SECTOR.toString()).resolve("notes"), "hm");

    TransferTrouble trouble = assertThrows(TransferTrouble.class, this::move);

    assertEquals("unknown_file", trouble.failure().code());
  }

  @Test
  void aLayerThatIsNotWhatWasMadeDoesNotArrive() throws Exception {
    Files.write(
        from.resolve("cache").resolve(SECTOR.toString()).resolve("sc-02-data-layer-1.dat"),
        new byte[2048]);

    assertThrows(AssertionError.class, this::move);

    assertNoneIs(to);
  }

  @Test
  void anOfferOfAMovingSectorTakesLayersAndASealedOneDoesNot() {
    List<SectorCopy.File> files =
        List.of(
            new SectorCopy.File("selkie/" + SECTOR + ".json", 1, "blake3:" + "00".repeat(32)),
            new SectorCopy.File("sealed/" + SECTOR, 1, "blake3:" + "00".repeat(32)),
            new SectorCopy.File(
                "cache/" + SECTOR + "/sc-02-data-layer-11.dat", 1, "blake3:" + "00".repeat(32)));

    assertThrows(IllegalArgumentException.class, () -> new Offer(SECTOR, CHUNK, files));
    Offer first = new Offer(SECTOR, CHUNK, files, Optional.of(new Offer.Moving(TYPE, 1)));
    Offer second = new Offer(SECTOR, CHUNK, files, Optional.of(new Offer.Moving(TYPE, 2)));
    assertFalse(first.id().equals(second.id()));
    assertEquals(first, TransferSamplesJson.again(first));
  }
}
