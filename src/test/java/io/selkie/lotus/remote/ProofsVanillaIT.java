package io.selkie.lotus.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.SealWork;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Vanilla proofs of a sector of 2 KiB by the real library. */
@Timeout(120)
class ProofsVanillaIT {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-2");
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Ticket TICKET = Ticket.of(Bytes32.ofHex("11".repeat(32)));
  private static final Seed SEED = Seed.of(Bytes32.ofHex("21".repeat(32)));

  @TempDir Path temp;

  @Test
  void provesASectorThatAnotherProgramSealed() throws Exception {
    // given a sealed sector whose data were two pieces
    Proofs proofs = NativeProofs.load(ProofsLibrary.find(ConfigFactory.load()));
    Path repo = Files.createDirectory(temp.resolve("repo")).toRealPath();
    StoragePaths paths = StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
    SectorFiles files = paths.all().get(0).files(SECTOR);
    files.createDirectories();
    PaddedSize half = new PaddedSize(1024);
    PieceInfo first = add(proofs, files, List.of());
    PieceInfo second = add(proofs, files, List.of(half));
    List<PieceInfo> pieces = List.of(first, second);
    SealWork.PreCommit1 labels =
        new SealWork.PreCommit1(SECTOR, TYPE, files.paths(), TICKET, pieces);
    SealWork.PreCommit1Result labelled = proofs.preCommit1(List.of(labels)).get(0).orThrow();
    SealWork.PreCommit2 encoding =
        new SealWork.PreCommit2(SECTOR, TYPE, files.paths(), TICKET, pieces, labelled.output());
    SealWork.PreCommit2Result sealed = proofs.preCommit2(List.of(encoding)).get(0).orThrow();
    SealWork.Commit1 commit1 =
        new SealWork.Commit1(
            SECTOR,
            TYPE,
            files.paths(),
            TICKET,
            SEED,
            pieces,
            sealed.commR(),
            sealed.commD(),
            temp.resolve("own.json"));
    Path own = proofs.commit1(List.of(commit1)).get(0).orThrow().path();
    // and no record of it, as with Lotus
    Files.delete(files.manifest());
    VanillaProofs vanilla = new ProofsVanilla(proofs, paths, Runnable::run);
    // then its proof of replication is the same, though nobody tells the pieces
    Path porep =
        vanilla
            .porep(
                new VanillaProofs.Porep(
                    new SectorRef(SECTOR, TYPE), sealed.commR(), sealed.commD(), TICKET, SEED))
            .toCompletableFuture()
            .get();
    assertEquals(-1, Files.mismatch(own, porep));
    // and there is one of spacetime for each challenge
    PostSectorChallenge challenge =
        new PostSectorChallenge(TYPE, SECTOR.number(), sealed.commR(), List.of(3L, 5L), false);
    PostProofType window = PostProofType.windowFor(SectorSize.KIB_2);
    VanillaProofs.Single single = new VanillaProofs.Single(SECTOR.miner(), challenge, window);
    assertTrue(vanilla.single(single).toCompletableFuture().get().size() > 0);
    // but none of what is not here
    PostSectorChallenge update =
        new PostSectorChallenge(TYPE, SECTOR.number(), sealed.commR(), List.of(3L), true);
    ExecutionException missing =
        assertThrows(
            ExecutionException.class,
            () ->
                vanilla
                    .single(new VanillaProofs.Single(SECTOR.miner(), update, window))
                    .toCompletableFuture()
                    .get());
    assertTrue(
        String.valueOf(missing.getMessage()).contains("has update of"), missing.getMessage());
  }

  private static PieceInfo add(Proofs proofs, SectorFiles files, List<PaddedSize> existing)
      throws Exception {
    SealWork.AddPiece piece =
        new SealWork.AddPiece(
            SECTOR,
            TYPE,
            files.paths(),
            existing,
            new PaddedSize(1024),
            PieceSource.zeros(),
            Optional.empty());
    return proofs.addPiece(List.of(piece)).get(0).orThrow();
  }
}
