package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofsLibraryTest {
  @TempDir Path dir;

  @Test
  void autoPrefersTheVariantWithShaExtensions() throws Exception {
    build("sha");
    build("generic");
    ProofsLibrary found = ProofsLibrary.find(dir, "auto", true);
    assertEquals(
        new ProofsLibrary(
            dir.resolve("sha/libselkie_native.so"), dir.resolve("sha/selkie-prover"), "sha"),
        found);
  }

  @Test
  void autoFallsBackToGenericWhereShaWasNotBuilt() throws Exception {
    build("generic");
    assertEquals("generic", ProofsLibrary.find(dir, "auto", true).variant());
  }

  @Test
  void autoTakesGenericOnAProcessorWithoutShaExtensions() throws Exception {
    build("sha");
    build("generic");
    assertEquals("generic", ProofsLibrary.find(dir, "auto", false).variant());
  }

  @Test
  void autoNeverTakesShaOnAProcessorWithoutShaExtensions() throws Exception {
    build("sha");
    assertRefused("no native proofs library for generic in " + dir, "auto", false);
  }

  @Test
  void aChosenVariantIsTheOneOrNone() throws Exception {
    build("sha");
    assertRefused("no native proofs library for generic in " + dir, "generic", true);
    build("generic");
    assertEquals("generic", ProofsLibrary.find(dir, "generic", true).variant());
  }

  @Test
  void shaIsRefusedOnAProcessorWithoutIt() throws Exception {
    build("sha");
    assertRefused("this processor has no SHA extensions: use auto", "sha", false);
  }

  @Test
  void aMissingDirectorySaysWhatToDo() {
    dir = dir.resolve("missing");
    assertRefused(
        "no native proofs library for sha or generic in "
            + dir
            + ": build it with native/build.sh, or set selkie.native.dir",
        "auto",
        true);
  }

  @Test
  void aLibraryWithoutItsProverIsNone() throws Exception {
    build("generic");
    Files.delete(dir.resolve("generic/selkie-prover"));
    assertRefused("no native proofs library", "generic", true);
  }

  @Test
  void aProverThatIsNotExecutableIsNone() throws Exception {
    build("generic");
    dir.resolve("generic/selkie-prover").toFile().setExecutable(false, false);
    assertRefused("no native proofs library", "generic", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SHA", "avx", "auto "})
  void anUnknownVariantIsRefused(String variant) {
    assertRefused("'" + variant + "': use auto, sha or generic", variant, true);
  }

  @Test
  void theSettingsSayWhere() throws Exception {
    build("generic");
    Config config =
        ConfigFactory.parseMap(
            Map.of("selkie.native.dir", dir.toString(), "selkie.native.variant", "generic"));
    assertEquals(dir.resolve("generic/selkie-prover"), ProofsLibrary.find(config).prover());
  }

  @Test
  void aFileThatIsNoLibraryIsOneLine() throws Exception {
    Path file = Files.writeString(dir.resolve("libselkie_native.so"), "not a library");
    assertOneLineNaming(file, loading(file));
  }

  @Test
  void aLibraryThatIsNotThereIsOneLine() {
    Path file = dir.resolve("gone.so");
    assertOneLineNaming(file, loading(file));
  }

  @Test
  void aLibraryOfSomethingElseIsOneLine() {
    assertOneLineNaming(Path.of("selkie_abi_version"), loading(Path.of("libc.so.6")));
  }

  private static String loading(Path library) {
    ProofsLibrary where = new ProofsLibrary(library, library, "generic");
    return assertThrows(IllegalStateException.class, () -> NativeProofs.load(where)).getMessage();
  }

  private static void assertOneLineNaming(Path what, String message) {
    assertTrue(message.startsWith("cannot load the native proofs library: "), message);
    assertTrue(message.contains(what.toString()), message);
    assertEquals(1, message.lines().count(), message);
  }

  private void build(String variant) throws IOException {
    Path place = Files.createDirectories(dir.resolve(variant));
    Files.createFile(place.resolve("libselkie_native.so"));
    assertTrue(
        Files.createFile(place.resolve("selkie-prover")).toFile().setExecutable(true, false));
  }

  private void assertRefused(String words, String variant, boolean shaExtensions) {
    String message =
        assertThrows(
                IllegalStateException.class, () -> ProofsLibrary.find(dir, variant, shaExtensions))
            .getMessage();
    assertTrue(message.contains(words), message);
    assertEquals(1, message.lines().count(), message);
  }
}
