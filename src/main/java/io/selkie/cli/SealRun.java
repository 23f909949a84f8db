package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import io.selkie.params.ParameterListener;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One seal from files to a proven sector, by a node. */
final class SealRun {
  private final CommandContext context;
  private final NodeFinder nodes;
  private final SealRequest request;
  private final ParameterListener progress;

  SealRun(CommandContext context, NodeFinder nodes, SealRequest request) {
    this.context = context;
    this.nodes = nodes;
    this.request = request;
    this.progress = context.progress().get();
  }

  /**
   * Seals, or goes on with an interrupted seal of the same files.
   *
   * @param generate whether missing parameters may be generated
   * @throws IOException if it fails; one line that says what becomes of the sector
   */
  SealRecord run(boolean generate) throws IOException, InterruptedException {
    if (nodes.repo().isPresent()) {
      Path repo = nodes.repo().get();
      context.requireProofs();
      new PorepParameters(context, progress).requireOrGenerate(request.size(), generate);
      if (!Files.exists(requestFile())) {
        SealSpace.require(repo, request);
      }
    }
    try (NodeSession session = nodes.runningOrMade()) {
      Path file = requestFile();
      Files.createDirectories(file.resolveSibling(""));
      return seal(session, RequestFile.resumeOrBegin(file));
    }
  }

  /** With the sectors, or with what is this host's own if they lie elsewhere. */
  private Path requestFile() throws IOException {
    Path directory =
        nodes
            .repo()
            .orElseGet(() -> StateDirectory.withoutRepo(context.environment()).path())
            .resolve("selkie");
    String node =
        nodes.repo().isPresent()
            ? ""
            : NodeAddress.named(context.environment()).map(to -> to.base().toString()).orElse("");
    return RequestFile.in(directory, request, node);
  }

  SealRecord seal(NodeSession session, RequestFile file) throws IOException, InterruptedException {
    SectorReport end;
    try {
      SectorId sector = resumeOrUpload(session.client(), file);
      end = new SectorFollower(session.client(), progress).follow(sector);
    } catch (IOException | InterruptedException e) {
      throw explained(e, session, file);
    }
    SectorId sector = end.sector();
    return switch (end.end().orElseThrow()) {
      case PROVING -> {
        file.end();
        yield named(end.record());
      }
      case REMOVED -> {
        file.end();
        throw new IOException(sector + " was removed before it was sealed");
      }
      case GIVEN_UP -> {
        file.end();
        throw new IOException(
            why(end) + "; " + sector + " is given up: selkie sectors remove " + sector);
      }
      case FAILED ->
          throw new IOException(
              why(end) + "; " + sector + " is kept, the same command tries it again");
    };
  }

  private static String why(SectorReport end) {
    return end.failure().orElse(end.sector() + " is " + end.state());
  }

  private SectorId resumeOrUpload(NodeClient client, RequestFile file)
      throws IOException, InterruptedException {
    Optional<SectorReport> known = known(client, file);
    if (known.isPresent()) {
      SectorReport report = known.get();
      progress.message("going on with " + report.sector() + ", which was interrupted");
      if (report.end().equals(Optional.of(SectorReport.End.FAILED))) {
        client.retry(report.sector());
      }
      return report.sector();
    }
    progress.begin("upload", OptionalLong.of(request.bytes()), ParameterListener.Unit.BYTES);
    try {
      SectorId sector = client.seal(request, file.request(), progress::advanceTo);
      file.begun(sector);
      return sector;
    } catch (NodeException e) {
      if (!e.isPassing()) {
        file.end(); // refused: nothing was begun
      }
      throw e;
    } finally {
      progress.end();
    }
  }

  /** The sector of an earlier command, unless it is gone or the node has another by that name. */
  private static Optional<SectorReport> known(NodeClient client, RequestFile file)
      throws IOException, InterruptedException {
    if (file.sector().isEmpty()) {
      return Optional.empty();
    }
    Optional<SectorReport> report =
        client
            .find(file.sector().get())
            .filter(found -> found.request().map(file.request().toString()::equals).orElse(true));
    boolean over =
        report
            .flatMap(SectorReport::end)
            .map(end -> end == SectorReport.End.REMOVED || end == SectorReport.End.GIVEN_UP)
            .orElse(false);
    if (over) {
      file.beginAnew();
      return Optional.empty();
    }
    return report;
  }

  /** What is known of the sector when the command cannot go on. */
  private static IOException explained(Exception e, NodeSession session, RequestFile file)
      throws IOException {
    String what =
        e instanceof IOException failure ? CommandTask.describe(failure) : CommandTask.CALLED_OFF;
    if (file.sector().isEmpty()) {
      return new IOException(what, e);
    }
    SectorId sector = file.sector().get();
    String rest =
        session.goesOn()
            ? "; the node goes on with " + sector + ": selkie sectors status " + sector
            : "; " + sector + " is kept, the same command goes on with it";
    return new IOException(what + rest, e);
  }

  /** With the names of the files, which a node need not keep. */
  private SealRecord named(SealRecord record) {
    List<SectorManifest.Piece> pieces = new ArrayList<>();
    int next = 0;
    for (SectorManifest.Piece piece : record.pieces()) {
      boolean ours = piece.bytes() > 0 && next < request.sources().size();
      Optional<String> name =
          ours ? Optional.of(request.sources().get(next++).name()) : piece.name();
      pieces.add(new SectorManifest.Piece(piece.size(), piece.commP(), piece.bytes(), name));
    }
    return new SealRecord(
        record.sector(),
        record.proofType(),
        pieces,
        record.commD(),
        record.commR(),
        record.ticket(),
        record.seed(),
        record.proof(),
        record.phases(),
        record.verified());
  }
}
