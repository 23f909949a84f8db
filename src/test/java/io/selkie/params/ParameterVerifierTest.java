package io.selkie.params;

import static io.selkie.params.ParameterSet.POREP;
import static io.selkie.params.ParameterSet.SRS;
import static io.selkie.params.ParameterSet.WINDOW_POST;
import static io.selkie.params.TestParameters.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.params.ParameterVerifier.Depth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ParameterVerifierTest {
  private static final Instant GENERATED = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path temp;
  private ParameterDirectory directory;
  private ParameterVerifier verifier;
  private final RecordingListener listener = new RecordingListener();

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp.resolve("params"));
    // An hour ahead, so that files made just now count as settled.
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    verifier = new ParameterVerifier(TestParameters.manifest(), directory, later);
  }

  @Test
  void aSetOfManifestFilesIsProduction() throws IOException {
    TestParameters.putProduction(directory, POREP);

    SetCheck check = check(POREP);

    assertEquals(SetVerdict.PRODUCTION, check.verdict());
    assertEquals("porep 2KiB: production", check.line());
  }

  @Test
  void aSetOfRecordedFilesIsLocal() throws IOException {
    putLocal(POREP, GENERATED);

    SetCheck check = check(POREP);

    assertTrue(check.usable());
    assertEquals("porep 2KiB: local, not valid on mainnet", check.line());
  }

  @Test
  void aSetThatIsNotThereIsMissingAndSaysHowToMakeIt() throws IOException {
    SetCheck check = check(POREP);

    assertEquals(SetVerdict.MISSING, check.verdict());
    assertEquals(
        "porep 2KiB: v28-test-porep.vk is missing (and 1 more);"
            + " run: selkie params generate --sector-size 2KiB --sets porep",
        check.line());
    assertFalse(Files.exists(directory.path()), "checking made the directory");
  }

  @Test
  void aLocalKeyWithoutItsParametersIsMissing() throws IOException {
    putLocal(POREP, GENERATED);
    Files.delete(directory.file(TestParameters.params(POREP).name()));

    assertEquals(SetVerdict.MISSING, check(POREP).verdict());
  }

  @Test
  void aProductionKeyWithLocalParametersIsMixed() throws IOException {
    putLocal(POREP, GENERATED);
    ParameterFile key = TestParameters.key(POREP);
    TestParameters.put(directory, key.name(), TestParameters.content(key));

    SetCheck check = check(POREP);

    assertEquals(SetVerdict.MIXED, check.verdict());
    assertTrue(
        check.line().contains("porep.vk is production but v28-test-porep.params is local"),
        check.line());
  }

  @Test
  void localFilesOfDifferentGenerationsAreMixed() throws IOException {
    putLocal(POREP, GENERATED);
    String key = TestParameters.key(POREP).name();
    byte[] content = TestParameters.read(directory.file(key));
    recordLocal(Map.of(key, content), GENERATED.plusSeconds(60));

    assertEquals(SetVerdict.MIXED, check(POREP).verdict());
  }

  @Test
  void aFileThatNobodyKnowsIsCorrupt() throws IOException {
    TestParameters.putProduction(directory, POREP);
    TestParameters.put(directory, TestParameters.params(POREP).name(), new byte[7]);

    SetCheck check = check(POREP);

    assertEquals(SetVerdict.CORRUPT, check.verdict());
    assertTrue(check.line().contains("neither the production file nor recorded"), check.line());
  }

  @Test
  void aTruncatedLocalFileIsCorruptAndSaysItsLength() throws IOException {
    putLocal(POREP, GENERATED);
    TestParameters.put(directory, TestParameters.params(POREP).name(), new byte[7]);

    SetCheck check = check(POREP);

    assertEquals(SetVerdict.CORRUPT, check.verdict());
    assertTrue(check.line().contains("(7 bytes now, 5000 then)"), check.line());
  }

  @Test
  void aDirectoryInPlaceOfAFileIsUnreadable() throws IOException {
    TestParameters.putProduction(directory, POREP);
    Path params = directory.file(TestParameters.params(POREP).name());
    Files.delete(params);
    Files.createDirectory(params);

    assertEquals(SetVerdict.UNREADABLE, check(POREP).verdict());
  }

  @Test
  void eachSetIsJudgedByItself() throws IOException {
    TestParameters.putProduction(directory, POREP);
    putLocal(SRS, GENERATED);

    ParameterReport report =
        verifier.verify(SIZE, Set.of(SRS, WINDOW_POST, POREP), Depth.QUICK, listener);

    assertEquals(
        List.of(SetVerdict.PRODUCTION, SetVerdict.MISSING, SetVerdict.LOCAL),
        report.sets().stream().map(SetCheck::verdict).toList());
    assertFalse(report.usable());
    assertFalse(report.production());
    assertThrows(ParameterException.class, report::requireUsable);
  }

  @Test
  void readsAFileOnceUnlessAskedForAFullCheck() throws IOException {
    TestParameters.putProduction(directory, POREP);
    check(POREP);
    assertEquals(2, listener.tasks.size());

    check(POREP);
    assertEquals(2, listener.tasks.size());

    verifier.verify(SIZE, Set.of(POREP), Depth.FULL, listener);
    assertEquals(4, listener.tasks.size());
  }

  @Test
  void readsAChangedFileAgainEvenIfItsTimeWasSetBack() throws IOException {
    TestParameters.putProduction(directory, POREP);
    Path params = directory.file(TestParameters.params(POREP).name());
    FileTime modified = Files.getLastModifiedTime(params);
    check(POREP);
    byte[] content = TestParameters.read(params);
    content[17] ^= 1;
    FileIdentity before = FileIdentity.of(params);
    do {
      Files.write(params, content);
      Files.setLastModifiedTime(params, modified);
    } while (FileIdentity.of(params).equals(before)); // until the kernel's clock has ticked

    assertEquals(SetVerdict.CORRUPT, check(POREP).verdict());
  }

  @Test
  void doesNotTrustTheStampOfAFileThatChangedJustNow() throws IOException {
    TestParameters.putProduction(directory, POREP);
    verifier = new ParameterVerifier(TestParameters.manifest(), directory);

    check(POREP);

    assertFalse(Files.exists(directory.file(VerifiedStamps.NAME)));
  }

  @Test
  void readsEverythingAgainIfTheStampsAreDamaged() throws IOException {
    TestParameters.putProduction(directory, POREP);
    check(POREP);
    for (String damaged :
        List.of("", "{", "[]", "{\"version\":1}", "{\"version\":2,\"files\":{}}")) {
      Files.writeString(directory.file(VerifiedStamps.NAME), damaged);

      assertEquals(SetVerdict.PRODUCTION, check(POREP).verdict(), damaged);
    }
    assertEquals(12, listener.tasks.size());
  }

  @Test
  void aDamagedRecordIsOneClearLine() throws IOException {
    TestParameters.put(
        directory, GeneratedRecord.NAME, "{\"version\":1,".getBytes(StandardCharsets.UTF_8));

    ParameterException failure = assertThrows(ParameterException.class, () -> check(POREP));

    assertTrue(failure.getMessage().contains("selkie-generated.json is damaged"));
  }

  @Test
  void aRecordOfANewerVersionIsRefused() throws IOException {
    TestParameters.put(
        directory,
        GeneratedRecord.NAME,
        "{\"version\":2,\"files\":{}}".getBytes(StandardCharsets.UTF_8));

    ParameterException failure = assertThrows(ParameterException.class, () -> check(POREP));

    assertTrue(failure.getMessage().contains("newer Selkie"));
  }

  private SetCheck check(ParameterSet set) throws IOException {
    return verifier.verify(SIZE, Set.of(set), Depth.QUICK, listener).sets().get(0);
  }

  private void putLocal(ParameterSet set, Instant when) throws IOException {
    for (ParameterFile file : TestParameters.manifest().required(SIZE, set)) {
      byte[] content = new byte[5000];
      content[0] = (byte) file.name().length();
      TestParameters.put(directory, file.name(), content);
      recordLocal(Map.of(file.name(), content), when);
    }
  }

  private void recordLocal(Map<String, byte[]> contents, Instant when) throws IOException {
    GeneratedRecord record = GeneratedRecord.read(directory);
    for (Map.Entry<String, byte[]> entry : contents.entrySet()) {
      byte[] content = entry.getValue();
      record =
          record.with(
              Map.of(
                  entry.getKey(),
                  new GeneratedRecord.Entry(
                      TestParameters.digest(content), content.length, when, "test")));
    }
    record.write(directory);
  }
}
