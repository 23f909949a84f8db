package io.selkie.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import io.selkie.storage.SectorSearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie verify}. */
@Command(
    name = "verify",
    description = {
      "Check the proof of a sealed sector, and its replica against the digest of sealing.",
      "Given a file that 'seal --json' wrote, only the proof is checked."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "SECTOR|FILE", description = "A sector such as s-t01000-1, or a file.")
  @SuppressWarnings("NullAway.Init")
  private String what;

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where sectors lie (default: ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  VerifyCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::verify);
  }

  private boolean verify() throws IOException {
    Path directory = context.repo(repo);
    Optional<SectorFiles> files = files(directory);
    SealRecord record = files.isPresent() ? recordOf(files.get()) : SealRecord.read(file());
    SealWork.VerifySeal seal = seal(record);
    Proofs proofs = files.isPresent() ? context.proofs(directory) : context.proofs();
    new PorepParameters(context, context.progress().get()).require(seal.proofType().sectorSize());
    try {
      boolean proof = proofs.verifySeal(seal);
      Optional<Boolean> replica =
          files.isPresent()
              ? Optional.of(replicaIntact(proofs, files.get(), seal))
              : Optional.empty();
      print(record.sector(), proof, replica);
      return proof && replica.orElse(true);
    } catch (ProofsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Optional<SectorId> sector() {
    try {
      return Optional.of(SectorId.parse(what));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // then it is a file
    }
  }

  /** The files of the sector, if one is to be verified, on whichever path of the repo they are. */
  private Optional<SectorFiles> files(Path directory) throws IOException {
    Optional<SectorId> sector = sector();
    if (sector.isEmpty()) {
      return Optional.empty();
    }
    Optional<SectorFiles> known =
        Files.isDirectory(directory)
            ? new SectorSearch(context.paths(directory)).known(sector.get())
            : Optional.empty();
    return known.or(() -> sector.map(id -> new SectorFiles(directory, id)));
  }

  private Path file() throws IOException {
    Path file = Path.of(what);
    if (!Files.exists(file)) {
      throw new IOException(what + ": neither a sector such as s-t01000-1 nor a file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(what + ": not a regular file");
    }
    return file;
  }

  private static SealRecord recordOf(SectorFiles files) throws IOException {
    if (Files.exists(files.seal())) {
      return SealRecord.read(files.seal());
    }
    throw new IOException(
        SectorManifest.read(files.manifest()).isPresent()
            ? files.sector() + " has no proof yet: its seal did not get to Commit2"
            : "there is no sector " + files.sector() + " in " + files.root());
  }

  private static SealWork.VerifySeal seal(SealRecord record) throws IOException {
    return new SealWork.VerifySeal(
        record.sector(),
        record.proofType(),
        present(record.commR(), "commR"),
        present(record.commD(), "commD"),
        present(record.ticket(), "ticket"),
        present(record.seed(), "seed"),
        present(record.proof(), "proof"));
  }

  private static <T> T present(Optional<T> fact, String name) throws IOException {
    return fact.orElseThrow(
        () -> new IOException("there is no " + name + " in the record: the seal was not finished"));
  }

  /** The replica that the proof is of, with every byte that proofs of spacetime read. */
  private static boolean replicaIntact(Proofs proofs, SectorFiles files, SealWork.VerifySeal seal)
      throws IOException, ProofsException {
    SectorManifest manifest =
        SectorManifest.read(files.manifest())
            .orElseThrow(() -> new IOException("there is no " + files.manifest()));
    SectorManifest.PreCommit2 replica =
        manifest
            .replica()
            .orElseThrow(() -> new IOException(files.sector() + " has no finished replica"));
    boolean same =
        manifest.sector().equals(seal.sector())
            && manifest.proofType() == seal.proofType()
            && replica.ticket().equals(seal.ticket())
            && replica.commR().equals(Optional.of(seal.commR()))
            && replica.commD().equals(Optional.of(seal.commD()));
    if (!same) {
      throw new IOException(
          files.seal() + " is of another replica than the one in " + files.root());
    }
    if (!isIntact(proofs, files.sealed(), replica.sealed())) {
      return false;
    }
    for (SectorManifest.CacheFile file : replica.files()) {
      if (!isIntact(proofs, files.cache().resolve(file.name()), Optional.of(file.digest()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIntact(Proofs proofs, Path file, Optional<String> digest)
      throws IOException, ProofsException {
    if (!Files.exists(file)) {
      throw new IOException("the replica is not whole: there is no " + file);
    }
    return Optional.of(proofs.digest(file)).equals(digest);
  }

  private void print(SectorId sector, boolean proof, Optional<Boolean> replica) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.put("sector", sector.toString());
      object.put("proof", proof);
      replica.ifPresent(intact -> object.put("replica", intact));
      out.println(object);
    } else {
      out.println(sector + " proof: " + (proof ? "verified" : "DOES NOT VERIFY"));
      replica.ifPresent(
          intact ->
              out.println(
                  sector + " replica: " + (intact ? "intact" : "CHANGED since it was sealed")));
    }
    out.flush();
  }
}
