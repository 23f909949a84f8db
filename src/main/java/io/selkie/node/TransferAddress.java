package io.selkie.node;

import akka.actor.typed.ActorSystem;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.files.Durable;
import io.selkie.storage.SectorSearch;
import io.selkie.storage.ServedPaths;
import io.selkie.storage.StoragePath;
import io.selkie.transfer.TransferServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address at which a node receives sectors of others, and gives them what their Commit2 reads.
 * It is opened once there is need of it: at the start, or when a path is attached that serves.
 */
final class TransferAddress {
  private static final Logger LOG = LoggerFactory.getLogger(TransferAddress.class);

  private final NodeSettings settings;
  private final NodeParts parts;
  private final ActorSystem<?> system;
  private final ServedPaths attached;
  private final OpenParts open;
  private final NodeEnd end;
  private boolean isOpen;

  /**
   * An address that is not open yet.
   *
   * @param attached paths that serve because they were attached so
   * @param open where it is kept once it is open
   */
  TransferAddress(
      NodeSettings settings,
      NodeParts parts,
      ActorSystem<?> system,
      ServedPaths attached,
      OpenParts open,
      NodeEnd end) {
    this.settings = settings;
    this.parts = parts;
    this.system = system;
    this.attached = attached;
    this.open = open;
    this.end = end;
  }

  /**
   * Opens it if it is of any use now.
   *
   * @throws IOException if it cannot be opened; one line
   */
  void openIfUsed() throws IOException {
    boolean isReached = isReached();
    if (settings.cluster().isFarm() && !isReached) {
      LOG.warn(
          "selkie.transfer.host {} is of this host alone, so Commit2 of its sectors runs here and"
              + " nowhere else: set it to an address that the farm reaches",
          settings.transfer().host());
    }
    if (isReached || !served().isEmpty()) {
      open();
    }
  }

  /**
   * Opens it, if it is not open and the node has not ended.
   *
   * @throws IOException if it cannot be opened; one line
   */
  void open() throws IOException {
    synchronized (open) {
      if (isOpen || end.hasCome()) {
        return;
      }
      Path state = settings.state().path();
      Tokens tokens = new Tokens(TokenSecret.in(state), Clock.systemUTC());
      URI url = Node.await(TransferServer.start(system, server(tokens)));
      Path file = state.resolve("transfer");
      Durable.replace(file, (url + "\n").getBytes(StandardCharsets.UTF_8));
      open.keep("transfer address", () -> Files.deleteIfExists(file));
      isOpen = true;
      LOG.info("receives sectors at {}", url);
      if (isReached()) {
        URI reached = FileTickets.from(url, settings.cluster().address());
        parts
            .ledger()
            .servesFilesAt(new FileTickets(parts.host(), reached, tokens, Clock.systemUTC()));
      }
    }
  }

  private TransferServer.Parts server(Tokens tokens) {
    return new TransferServer.Parts(
        settings.transfer(),
        this::served,
        new SectorSearch(parts.paths())::otherReplica,
        new ComingSectors(parts.host(), parts.places(), parts.paths(), parts.ledger()),
        settings.state().path(),
        parts.host().value(),
        parts.places(),
        tokens,
        parts.digest(),
        parts.blocking());
  }

  /** What peers may send sectors into: by the settings, and attached so. */
  private List<Path> served() {
    return Stream.concat(
            settings.transfer().serve().stream(),
            parts.paths().all().stream()
                .filter(path -> attached.has(path.id()))
                .map(StoragePath::root))
        .distinct()
        .toList();
  }

  /** Whether other hosts of the farm can fetch what their Commit2 read from here. */
  private boolean isReached() throws IOException {
    return settings.cluster().isFarm()
        && FileTickets.isReached(settings.transfer().host(), settings.cluster().address());
  }
}
