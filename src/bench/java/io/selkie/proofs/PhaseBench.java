package io.selkie.proofs;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.files.FileTree;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Phases of a 2 KiB sector through Selkie, in this process and in a prover. The bare calls to
 * compare with are {@code native/examples/bare.rs}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class PhaseBench {
  private static final SealProofType TYPE = SealProofType.forSectorSize(SectorSize.KIB_2);
  private static final Ticket TICKET = Ticket.ofHex("01".repeat(32));
  private static final Seed SEED = Seed.ofHex("02".repeat(32));

  @Param({"native", "prover"})
  public String executor;

  private Path root;
  private Proofs proofs;
  private SectorFiles files;
  private List<PieceInfo> pieces;
  private Bytes labels;
  private CommR commR;
  private CommD commD;

  @Setup
  public void seal() throws IOException, ProofsException {
    root = Files.createTempDirectory("selkie-bench");
    files = new SectorFiles(root, SectorId.parse("s-t01000-1"));
    files.createDirectories();
    ProofsLibrary library = ProofsLibrary.find(ConfigFactory.load());
    proofs =
        executor.equals("native")
            ? NativeProofs.load(library)
            : new ProverProofs(
                new ProverSettings(library, root.resolve("jobs"), 0, true, Map.of()));
    pieces = List.of(addPiece());
    labels = preCommit1().output();
    commR = preCommit2().commR();
    commD = proofs.dataCommitment(TYPE, pieces);
  }

  @TearDown
  public void remove() throws IOException {
    FileTree.delete(root);
  }

  /** What a call costs that does nothing. */
  @Benchmark
  public ProofsBuild about() throws ProofsException {
    return proofs.about();
  }

  @Benchmark
  public PieceInfo addPiece() throws ProofsException {
    return proofs
        .addPiece(
            List.of(
                new SealWork.AddPiece(
                    files.sector(),
                    TYPE,
                    files.paths(),
                    List.of(),
                    new PaddedSize(2048),
                    PieceSource.zeros(),
                    Optional.empty())))
        .get(0)
        .orThrow();
  }

  /** With all layers kept, as after a crash: the labels themselves are the library's own time. */
  @Benchmark
  public SealWork.PreCommit1Result preCommit1() throws ProofsException {
    return proofs
        .preCommit1(
            List.of(new SealWork.PreCommit1(files.sector(), TYPE, files.paths(), TICKET, pieces)))
        .get(0)
        .orThrow();
  }

  private SealWork.PreCommit2Result preCommit2() throws ProofsException {
    return proofs
        .preCommit2(
            List.of(
                new SealWork.PreCommit2(
                    files.sector(), TYPE, files.paths(), TICKET, pieces, labels)))
        .get(0)
        .orThrow();
  }

  /** A replica that is intact is answered from its record: the price of being asked again. */
  @Benchmark
  public SealWork.PreCommit2Result preCommit2Again() throws ProofsException {
    return preCommit2();
  }

  @Benchmark
  public SealWork.Commit1Result commit1() throws ProofsException {
    return proofs
        .commit1(
            List.of(
                new SealWork.Commit1(
                    files.sector(),
                    TYPE,
                    files.paths(),
                    TICKET,
                    SEED,
                    pieces,
                    commR,
                    commD,
                    files.commit1Output())))
        .get(0)
        .orThrow();
  }
}
