package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library in this process, where a panic would spoil every later test. */
class NativeProofsIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  @TempDir Path temp;

  private final NativeProofs proofs = NativeProofs.load(RealProofs.library());

  @AfterEach
  void itStillWorks() throws Exception {
    assertEquals(1, proofs.about().abi());
  }

  @Test
  void itTellsHowFarItIs() throws Exception {
    Set<ProofsProgress> heard = ConcurrentHashMap.newKeySet();
    proofs.listen(heard::add);
    TestSector sector = TestSector.in(temp, 1, TYPE).filledFrom(proofs, PieceSource.zeros());
    RealProofs.only(proofs.preCommit1(List.of(sector.preCommit1())));
    assertTrue(
        heard.contains(new ProofsProgress("preCommit1", "s-t01000-1", "layer", 1, 2)),
        heard.toString());
  }

  @Test
  void theCallbackStaysAsLongAsTheLibraryMayCallIt() throws Exception {
    WeakReference<NativeProofs> last = new WeakReference<>(NativeProofs.load(RealProofs.library()));
    System.gc();
    assertNotNull(last.get());
    // Logs a line.
    TestSector.in(temp, 1, TYPE).filledFrom(proofs, PieceSource.zeros());
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    for (String request : List.of("", "{", "null", "{\"abi\":1,\"call\":{\"op\":\"x\"}}")) {
      byte[] reply = proofs.exchange(request.getBytes(StandardCharsets.UTF_8));
      assertEquals("bad_request", JsonProofs.JSON.readTree(reply).path("kind").asText(), request);
    }
  }

  @Test
  void aPathWithAnyLettersIsThePathThatIsMeant() throws Exception {
    Path file = Files.write(temp.resolve("Füße [1] 海豹 \"quoted\""), new byte[] {1, 2, 3});
    assertEquals(
        // echo -ne '\x01\x02\x03' | b3sum
        "blake3:b177ec1bf26dfb3b7010d473e6d44713b29b765b99c6e60ecbfae742de496543",
        proofs.digest(file));
  }

  @Test
  void threadsThatCallAtOnceEachGetTheirAnswer() throws Exception {
    List<Path> files = IntStream.range(0, 8).mapToObj(i -> temp.resolve("file-" + i)).toList();
    for (Path file : files) {
      Files.write(file, TestSector.data(1016, file.hashCode()));
    }
    Map<Path, CommP> oneByOne =
        files.stream().collect(Collectors.toMap(file -> file, this::commitment));
    Map<Path, CommP> atOnce =
        files.parallelStream().collect(Collectors.toConcurrentMap(f -> f, this::commitment));
    assertEquals(oneByOne, atOnce);
    assertEquals(files.size(), Set.copyOf(atOnce.values()).size());
  }

  private CommP commitment(Path file) {
    try {
      return proofs
          .pieceCommitment(TYPE, PieceSource.file(file, 1016), new PaddedSize(1024))
          .commP();
    } catch (ProofsException e) {
      throw new AssertionError(e);
    }
  }
}
