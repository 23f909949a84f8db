package io.selkie.node;

import akka.actor.typed.ActorSystem;
import io.selkie.files.Durable;
import io.selkie.scheduler.FileSource;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorSearch;
import io.selkie.storage.ServedPaths;
import io.selkie.storage.StoragePath;
import io.selkie.transfer.TransferServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
      URI url = Node.await(TransferServer.start(system, server()));
      Path file = state.resolve("transfer");
      Durable.replace(file, (url + "\n").getBytes(StandardCharsets.UTF_8));
      open.keep("transfer address", () -> Files.deleteIfExists(file));
      isOpen = true;
      LOG.info("receives sectors at {}", url);
      if (isReached()) {
        parts.ledger().servesFilesAt(new FileSource(parts.host(), reached(url)));
      }
    }
  }

  private TransferServer.Parts server() {
    return new TransferServer.Parts(
        settings.transfer(),
        this::served,
        Destinations.of(parts.paths()),
        new SectorSearch(parts.paths())::otherReplica,
        new ComingSectors(parts.host(), parts.places(), parts.paths(), parts.ledger()),
        settings.state().path(),
        parts.host().value(),
        parts.places(),
        parts.tokens(),
        parts.tickets(),
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
    if (!settings.cluster().isFarm()) {
      return false;
    }
    InetAddress bound = InetAddress.getByName(settings.transfer().host());
    return !bound.isLoopbackAddress()
        || bound.equals(InetAddress.getByName(settings.cluster().address()));
  }

  /** Where they reach it: what listens everywhere is found at the address in the cluster. */
  private URI reached(URI url) throws IOException {
    String address = settings.cluster().address();
    String host = address.contains(":") ? "[" + address + "]" : address;
    return InetAddress.getByName(url.getHost()).isAnyLocalAddress()
        ? URI.create(url.getScheme() + "://" + host + ":" + url.getPort())
        : url;
  }
}
