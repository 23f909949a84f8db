package io.selkie.transfer;

import static io.selkie.transfer.TransferSamples.SECTOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.storage.SectorCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfferTest {
  private static final String DIGEST = "blake3:" + "0f".repeat(32);

  private static Offer with(SectorCopy.File... more) {
    List<SectorCopy.File> files = new ArrayList<>();
    files.add(new SectorCopy.File("sealed/s-t01000-7", 2048, DIGEST));
    files.addAll(List.of(more));
    return new Offer(SECTOR, 512, files);
  }

  private static SectorCopy.File file(String name) {
    return new SectorCopy.File(name, 1, DIGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "/etc/passwd",
        "../../etc/passwd",
        "sealed/s-t01000-8",
        "sealed/../sealed/s-t01000-7",
        "sealed//s-t01000-7",
        "cache/s-t01000-7",
        "cache/s-t01000-7/",
        "cache/s-t01000-7/..",
        "cache/s-t01000-7/../../x",
        "cache/s-t01000-7/sc-02-data-layer-1.dat",
        "cache/s-t01000-7/p_aux\n",
        "cache/s-t01000-7/sc-02-data-tree-r-last-01.dat",
        "cache/s-t01000-8/p_aux",
        "selkie/s-t01000-7.received.json",
        "sectorstore.json"
      })
  void aNameThatIsNoneOfTheSectorsIsRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> with(file(name)));
    assertThrows(
        IllegalArgumentException.class, () -> FileNames.resolve(Path.of("/s"), SECTOR, name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unsealed/s-t01000-7",
        "cache/s-t01000-7/p_aux",
        "cache/s-t01000-7/sc-02-data-tree-r-last.dat",
        "cache/s-t01000-7/sc-02-data-tree-r-last-7.dat",
        "selkie/s-t01000-7.json",
        "selkie/s-t01000-7.seal.json"
      })
  void theFilesOfASealedSectorMayBeOffered(String name) {
    assertEquals(2, with(file(name)).files().size());
    assertEquals(Path.of("/s", name), FileNames.resolve(Path.of("/s"), SECTOR, name));
  }

  @Test
  void anOfferThatMakesNoSenseIsRefused() {
    SectorCopy.File aux = file("cache/s-t01000-7/p_aux");
    assertThrows(IllegalArgumentException.class, () -> with(aux, aux));
    assertThrows(
        IllegalArgumentException.class, () -> with(new SectorCopy.File(aux.name(), -1, DIGEST)));
    assertThrows(
        IllegalArgumentException.class,
        () -> with(new SectorCopy.File(aux.name(), Long.MAX_VALUE, DIGEST)));
    assertThrows(
        IllegalArgumentException.class, () -> with(new SectorCopy.File(aux.name(), 1, "none")));
    assertThrows(IllegalArgumentException.class, () -> new Offer(SECTOR, 512, List.of(aux)));
    assertThrows(IllegalArgumentException.class, () -> new Offer(SECTOR, 1, with().files()));
  }

  @Test
  void theSameContentHasTheSameNameHoweverItIsCut() {
    assertEquals(with().id(), new Offer(SECTOR, 1024, with().files()).id());
    assertNotEquals(with().id(), with(file("cache/s-t01000-7/p_aux")).id());
  }

  @Test
  void chunksCoverTheFile() {
    Offer offer = with(new SectorCopy.File("cache/s-t01000-7/p_aux", 1300, DIGEST));

    assertEquals(4, offer.chunks(0));
    assertEquals(3, offer.chunks(1));
    assertEquals(1300 - 1024, offer.length(1, 2));
    assertEquals(1024, offer.offset(2));
  }
}
