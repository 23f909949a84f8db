package io.selkie.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.ProverProofs;
import io.selkie.proofs.ProverSettings;
import io.selkie.proofs.SealWork;
import io.selkie.storage.SectorFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sector of zeros, sealed with what the chain drew: its proof is verified for real. */
class DevChainSlowIT {
  private static final SectorId SECTOR = new SectorId(new MinerId(1000), 3);
  private static final SealProofType TYPE = SealProofType.forSectorSize(SectorSize.KIB_2);
  private static final long TICKET_EPOCH = -800;

  @TempDir Path temp;
  private Instant now = Instant.ofEpochSecond(1_700_000_000);

  @Test
  void takesTheProofOfThisReplicaAndNoOther() throws Exception {
    ProofsLibrary library = ProofsLibrary.find(ConfigFactory.load());
    ProverProofs provers =
        new ProverProofs(new ProverSettings(library, temp.resolve("jobs"), 0, true, Map.of()));
    DevChain chain =
        DevChain.open(
            temp.resolve("chain"),
            DevChainSettings.devnet(Duration.ofSeconds(1), false),
            NativeProofs.load(library),
            () -> now,
            Runnable::run);
    now = now.plusSeconds(100);
    Ticket ticket = get(chain.ticket(SECTOR.miner(), TICKET_EPOCH));
    SectorFiles files = new SectorFiles(temp.resolve("repo"), SECTOR);
    files.createDirectories();
    List<PieceInfo> pieces = List.of(addZeros(provers, files));
    SealWork.PreCommit1Result labels =
        only(
            provers.preCommit1(
                List.of(new SealWork.PreCommit1(SECTOR, TYPE, files.paths(), ticket, pieces))));
    CommR commR =
        only(provers.preCommit2(
                List.of(
                    new SealWork.PreCommit2(
                        SECTOR, TYPE, files.paths(), ticket, pieces, labels.output()))))
            .commR();

    long landed = get(chain.preCommit(UUID.randomUUID(), preCommit(SECTOR, commR)));
    now = now.plusSeconds(chain.preCommitChallengeDelay());
    Seed seed = get(chain.seed(SECTOR.miner(), landed + chain.preCommitChallengeDelay()));
    only(
        provers.commit1(
            List.of(
                new SealWork.Commit1(
                    SECTOR,
                    TYPE,
                    files.paths(),
                    ticket,
                    seed,
                    pieces,
                    commR,
                    labels.commD(),
                    files.commit1Output()))));
    SealProof proof =
        only(provers.commit2(List.of(new SealWork.Commit2(SECTOR, TYPE, files.commit1Output()))));

    assertRefused(chain.proveCommit(UUID.randomUUID(), prove(SECTOR, flipped(proof))));
    SectorId other = new SectorId(SECTOR.miner(), 4);
    get(chain.preCommit(UUID.randomUUID(), preCommit(other, commR)));
    now = now.plusSeconds(chain.preCommitChallengeDelay());
    assertRefused(chain.proveCommit(UUID.randomUUID(), prove(other, proof)));
    get(chain.proveCommit(UUID.randomUUID(), prove(SECTOR, proof)));
    assertEquals(commR, get(chain.sectorOf(SECTOR)).orElseThrow().commR());
  }

  private static PieceInfo addZeros(ProverProofs provers, SectorFiles files)
      throws ProofsException {
    return only(
        provers.addPiece(
            List.of(
                new SealWork.AddPiece(
                    SECTOR,
                    TYPE,
                    files.paths(),
                    List.of(),
                    SectorSize.KIB_2.unpadded().padded(),
                    PieceSource.zeros(),
                    Optional.empty()))));
  }

  private static Chain.PreCommit preCommit(SectorId sector, CommR commR) {
    return new Chain.PreCommit(sector, TYPE, commR, Optional.empty(), TICKET_EPOCH);
  }

  private static Chain.ProveCommit prove(SectorId sector, SealProof proof) {
    return new Chain.ProveCommit(sector, proof);
  }

  private static SealProof flipped(SealProof proof) {
    byte[] bytes = proof.bytes().toByteArray();
    bytes[100] ^= 1;
    return new SealProof(Bytes.of(bytes));
  }

  private static <R> R only(List<Outcome<R>> outcomes) throws ProofsException {
    return outcomes.get(0).orThrow();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  private static void assertRefused(CompletionStage<?> stage) {
    Throwable failure =
        assertThrows(ExecutionException.class, () -> stage.toCompletableFuture().get()).getCause();
    assertInstanceOf(ChainException.class, failure);
  }
}
