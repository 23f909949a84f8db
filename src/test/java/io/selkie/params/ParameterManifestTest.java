package io.selkie.params;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorSize;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ParameterManifestTest {
  private final ParameterManifest manifest = ParameterManifest.production();

  @ParameterizedTest
  @EnumSource(SectorSize.class)
  void hasOneKeyAndOneParameterFilePerSetAndSize(SectorSize size) {
    for (ParameterSet set : ParameterSet.usual()) {
      List<ParameterFile> files = manifest.required(size, set);

      assertEquals(2, files.size(), set + " " + size);
      String key = files.get(0).name();
      assertTrue(key.endsWith(".vk"), key);
      assertEquals(key.replaceFirst("vk$", "params"), files.get(1).name());
    }
  }

  @ParameterizedTest
  @EnumSource(SectorSize.class)
  void hasOneAggregationKeyForEverySize(SectorSize size) {
    List<ParameterFile> files = manifest.required(size, ParameterSet.SRS);

    assertEquals(
        List.of("v28-fil-inner-product-v1.srs"), files.stream().map(ParameterFile::name).toList());
    assertEquals("ae20310138f5ba81451d723f858e3797", files.get(0).digest().hex());
  }

  @ParameterizedTest
  @CsvSource({"KIB_2,2", "MIB_8,2", "MIB_512,2", "GIB_32,2349", "GIB_64,2300"})
  void tellsWindowFromWinningPostByTheCircuitsIdentifier(SectorSize size, int windowSectors)
      throws Exception {
    assertHash(size, ParameterSet.WINDOW_POST, 10, windowSectors);
    assertHash(size, ParameterSet.WINNING_POST, 1, 66);
  }

  @Test
  void leavesOutTheUpdateCircuitsThatTheLibraryNeverUses() {
    assertEquals(41, manifest.files().size());
    assertTrue(
        manifest.files().stream().noneMatch(file -> file.name().contains("-poseidon-merkle")));
  }

  @Test
  void refusesASetThatItDoesNotHave() {
    ParameterManifest small =
        new ParameterManifest(manifest.required(SectorSize.KIB_2, ParameterSet.POREP));

    assertThrows(
        IllegalArgumentException.class, () -> small.required(SectorSize.MIB_8, ParameterSet.POREP));
  }

  @Test
  void refusesANameThatLeavesTheDirectory() {
    ParameterFile file = manifest.files().get(0);

    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ParameterFile(
                "../" + file.name(), file.cid(), file.digest(), file.sectorSize(), file.set()));
  }

  @Test
  void parsesTheNameOfEverySet() {
    for (ParameterSet set : ParameterSet.values()) {
      assertEquals(set, ParameterSet.parse(set.toString()));
    }
    assertThrows(IllegalArgumentException.class, () -> ParameterSet.parse("post"));
  }

  private void assertHash(SectorSize size, ParameterSet set, int challenges, int sectors)
      throws Exception {
    String identifier =
        "FallbackPoSt::PublicParams{sector_size: "
            + size.bytes()
            + ", challenge_count: "
            + challenges
            + ", sector_count: "
            + sectors
            + "}";
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(identifier.getBytes(StandardCharsets.UTF_8));
    String name = manifest.required(size, set).get(1).name();
    assertTrue(name.endsWith("-" + HexFormat.of().formatHex(hash) + ".params"), name);
  }
}
