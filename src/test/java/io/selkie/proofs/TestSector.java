package io.selkie.proofs;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A sector below a storage path and the requests that seal it. Ticket and seed are fixed, so that
 * every run makes the same replica.
 */
record TestSector(SectorFiles files, SealProofType type, Ticket ticket, List<PieceInfo> pieces) {
  static final MinerId MINER = new MinerId(1000);
  static final Ticket TICKET = Ticket.of(filled(0x11));
  static final Ticket OTHER_TICKET = Ticket.of(filled(0x12));
  static final Seed SEED = Seed.of(filled(0x21));

  /** What the phases up to PreCommit2 gave. */
  record Replica(TestSector sector, Bytes phase1Output, CommD commD, CommR commR) {
    SealWork.Commit1 commit1() {
      return sector.commit1(commR, commD, SEED);
    }

    /** A copy of all its files as they are now. */
    Replica copiedTo(Path root) throws IOException {
      return new Replica(sector.copiedTo(root), phase1Output, commD, commR);
    }

    /** What a PoSt reads. */
    PostWork.Replica forPost() {
      return new PostWork.Replica(
          sector.id().number(), commR, sector.files().sealed(), sector.files().cache());
    }
  }

  /** An empty sector whose directories are there. */
  static TestSector in(Path root, long number, SealProofType type) throws IOException {
    SectorFiles files = new SectorFiles(root, new SectorId(MINER, number));
    files.createDirectories();
    return new TestSector(files, type, TICKET, List.of());
  }

  /** A 2 KiB sector of two files, the second of which does not fill its piece. */
  static TestSector ofTwoFiles(Path root, Proofs proofs) throws IOException, ProofsException {
    TestSector sector = in(root, 1, SealProofType.STACKED_DRG_2KIB_V1_1);
    Path first = Files.write(root.resolve("first"), data(1016, 1));
    Path second = Files.write(root.resolve("second"), data(1000, 2));
    PaddedSize half = new PaddedSize(1024);
    return sector
        .added(proofs, PieceSource.file(first, 1016), half)
        .added(proofs, PieceSource.file(second, 1000), half);
  }

  /** All unpadded bytes of {@link #ofTwoFiles}. */
  static byte[] twoFiles() {
    byte[] all = new byte[2032];
    System.arraycopy(data(1016, 1), 0, all, 0, 1016);
    System.arraycopy(data(1000, 2), 0, all, 1016, 1000);
    return all;
  }

  static Bytes32 filled(int value) {
    byte[] bytes = new byte[Bytes32.SIZE];
    Arrays.fill(bytes, (byte) value);
    return Bytes32.of(bytes);
  }

  /** Bytes that look random and are the same in every run. */
  static byte[] data(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  SectorId id() {
    return files.sector();
  }

  TestSector with(Ticket other) {
    return new TestSector(files, type, other, pieces);
  }

  TestSector with(PieceInfo piece) {
    List<PieceInfo> more = new ArrayList<>(pieces);
    more.add(piece);
    return new TestSector(files, type, ticket, List.copyOf(more));
  }

  /** The sector with all its files as they are now, below another storage path. */
  TestSector copiedTo(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(files.root())) {
      for (Path from : all.sorted(Comparator.naturalOrder()).toList()) {
        Path to = root.resolve(files.root().relativize(from).toString());
        if (!Files.isDirectory(from)) {
          Files.copy(from, to);
        } else if (!Files.isDirectory(to)) {
          Files.createDirectories(to);
        }
      }
    }
    return new TestSector(new SectorFiles(root, id()), type, ticket, pieces);
  }

  /** Adds a piece that takes the whole sector. */
  TestSector filledFrom(Proofs proofs, PieceSource source) throws ProofsException {
    return added(proofs, source, new PaddedSize(type.sectorSize().bytes()));
  }

  TestSector added(Proofs proofs, PieceSource source, PaddedSize size) throws ProofsException {
    List<PaddedSize> existing = pieces.stream().map(PieceInfo::size).toList();
    SealWork.AddPiece request =
        new SealWork.AddPiece(
            id(), type, files.paths(), existing, size, source, Optional.of("a test"));
    return with(RealProofs.only(proofs.addPiece(List.of(request))));
  }

  SealWork.PreCommit1 preCommit1() {
    return new SealWork.PreCommit1(id(), type, files.paths(), ticket, pieces);
  }

  SealWork.PreCommit2 preCommit2(Bytes phase1Output) {
    return new SealWork.PreCommit2(id(), type, files.paths(), ticket, pieces, phase1Output);
  }

  SealWork.Commit1 commit1(CommR commR, CommD commD, Seed seed) {
    return new SealWork.Commit1(
        id(), type, files.paths(), ticket, seed, pieces, commR, commD, files.commit1Output());
  }

  SealWork.ClearCache clearCache() {
    return new SealWork.ClearCache(id(), type, files.paths());
  }

  Replica replica(Proofs proofs) throws ProofsException {
    Bytes output = RealProofs.only(proofs.preCommit1(List.of(preCommit1()))).output();
    SealWork.PreCommit2Result made =
        RealProofs.only(proofs.preCommit2(List.of(preCommit2(output))));
    return new Replica(this, output, made.commD(), made.commR());
  }

  Path layer(int number) {
    return files.cache().resolve("sc-02-data-layer-" + number + ".dat");
  }

  /** Flips one bit in the middle of a file. */
  static void flipABit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
