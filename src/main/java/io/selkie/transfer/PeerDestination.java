package io.selkie.transfer;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import io.selkie.failpoints.FailPoints;
import io.selkie.storage.SectorCopy;
import io.selkie.transfer.PeerConnection.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A node that receives: control by Akka HTTP, chunks over data connections. */
final class PeerDestination implements Destination {
  private static final int MOST_ROUNDS = 5;
  private static final long FIRST_POLL = 5_000_000L;
  private static final long LONGEST_POLL = 500_000_000L;

  private final PeerConnection peer;
  private final URI url;
  private final Optional<InetSocketAddress> data;
  private final String place;
  private final int connections;
  private final Duration patience;
  private final FileDigest digest;
  private final RateLimit rate;

  /**
   * A destination.
   *
   * @param connections over how many chunks are sent at once
   * @param patience with a silent peer
   */
  PeerDestination(
      PeerConnection peer,
      TransferSettings.Peer target,
      int connections,
      Duration patience,
      FileDigest digest,
      RateLimit rate) {
    this(peer, target.url(), target.data(), connections, patience, digest, rate);
  }

  /**
   * A host of the farm.
   *
   * @param data where it takes chunks; empty: where it says
   */
  PeerDestination(
      PeerConnection peer,
      URI url,
      Optional<InetSocketAddress> data,
      int connections,
      Duration patience,
      FileDigest digest,
      RateLimit rate) {
    this.peer = peer;
    this.url = url;
    this.data = data;
    this.place = url.toString();
    this.connections = connections;
    this.patience = patience;
    this.digest = digest;
    this.rate = rate;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public Space look(List<Path> sources, Control control) throws TransferTrouble, Control.Held {
    TransferServer.About about = about(control);
    return new Space(Way.SEND, about.freeBytes(), Optional.of("host " + about.host()));
  }

  private TransferServer.About about(Control control) throws TransferTrouble, Control.Held {
    TransferServer.About about =
        peer.call(HttpRequest.GET("/"), "", control).read(TransferServer.About.class, place);
    if (about.version() != 1) {
      throw TransferTrouble.passing(
          "unreachable", place + " speaks version " + about.version() + " of the protocol");
    }
    return about;
  }

  @Override
  public SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
      throws IOException, TransferTrouble, Control.Held {
    if (!SourceFiles.areThere(sources)) {
      Optional<SectorCopy> there = find(offer, control);
      if (there.isPresent()) {
        return there.get();
      }
      SourceFiles.requireThere(sources, place);
    }
    ArrivalStatus status = offer(offer, control);
    FailPoints.hit("Send.after-offer", offer.sector());
    long poll = FIRST_POLL;
    for (int round = 0; round < MOST_ROUNDS; ) {
      switch (status.state()) {
        case ArrivalStatus.PLACED -> {
          FailPoints.hit("Send.after-placed", offer.sector());
          return copy(offer, status);
        }
        case ArrivalStatus.RECEIVING -> {
          round++;
          send(offer, status, sources, control);
          FailPoints.hit("Send.before-commit", offer.sector());
          committing.commit();
          status = commit(offer, control);
          FailPoints.hit("Send.after-commit", offer.sector());
          control.begin("verify", offer.size());
        }
        case ArrivalStatus.VERIFYING -> {
          control.check();
          control.at(status.verified());
          LockSupport.parkNanos(poll);
          poll = Math.min(2 * poll, LONGEST_POLL);
          status = status(offer, control).orElseThrow(() -> forgotten(offer));
        }
        default -> throw failed(offer, status, sources);
      }
    }
    throw TransferTrouble.passing(
        "damaged", place + " reads back other bytes than it received, again and again");
  }

  private TransferTrouble forgotten(Offer offer) {
    return TransferTrouble.passing("unknown", place + " has forgotten " + offer.sector());
  }

  private TransferTrouble failed(Offer offer, ArrivalStatus status, List<Path> sources)
      throws IOException {
    ArrivalStatus.Trouble error =
        status.error().orElse(new ArrivalStatus.Trouble("error", "state " + status.state()));
    Optional<Path> here =
        error.code().equals("damaged")
            ? SourceFiles.damaged(sources, offer, digest)
            : Optional.empty();
    if (here.isPresent()) {
      return TransferTrouble.lasting("damaged", here.get() + " is not what was sealed");
    }
    String message = place + ": " + error.message();
    return error.code().equals("exists")
        ? TransferTrouble.lasting("exists", message)
        : TransferTrouble.passing(error.code(), message);
  }

  private SectorCopy copy(Offer offer, ArrivalStatus status) {
    return new SectorCopy(status.host(), place, status.path(), offer.files());
  }

  private static String path(Offer offer) {
    return "/sectors/" + offer.sector() + "/" + offer.id();
  }

  private ArrivalStatus offer(Offer offer, Control control) throws TransferTrouble, Control.Held {
    HttpRequest put =
        HttpRequest.PUT("/")
            .withEntity(
                HttpEntities.create(ContentTypes.APPLICATION_JSON, TransferJson.write(offer)));
    return peer.call(put, "/sectors/" + offer.sector(), control).read(ArrivalStatus.class, place);
  }

  private ArrivalStatus commit(Offer offer, Control control) throws TransferTrouble, Control.Held {
    return peer.call(HttpRequest.POST("/"), path(offer) + "/commit", control)
        .read(ArrivalStatus.class, place);
  }

  private Optional<ArrivalStatus> status(Offer offer, Control control)
      throws TransferTrouble, Control.Held {
    Answer answer = peer.call(HttpRequest.GET("/"), path(offer), control);
    return answer.status() == 404
        ? Optional.empty()
        : Optional.of(answer.read(ArrivalStatus.class, place));
  }

  private void send(Offer offer, ArrivalStatus status, List<Path> sources, Control control)
      throws IOException, TransferTrouble, Control.Held {
    if (status.missing().size() != offer.files().size()) {
      throw TransferTrouble.passing("unreachable", place + " does not speak this protocol");
    }
    control.begin("send", offer.size());
    control.at(offer.size() - missing(offer, status.missing()));
    InetSocketAddress address =
        data.isPresent()
            ? data.get()
            : new InetSocketAddress(url.getHost(), about(control).dataPort());
    new ChunkSender(place, address, peer::token, peer.tls(), rate, patience)
        .send(offer, sources, status.missing(), connections, control);
  }

  private static long missing(Offer offer, List<List<ChunkMap.Range>> files)
      throws TransferTrouble {
    long bytes = 0;
    for (int file = 0; file < files.size(); file++) {
      for (ChunkMap.Range range : files.get(file)) {
        if (range.from() < 0 || range.to() >= offer.chunks(file) || range.from() > range.to()) {
          throw TransferTrouble.passing("unreachable", "the peer misses chunks that are none");
        }
        bytes +=
            offer.offset(range.to()) + offer.length(file, range.to()) - offer.offset(range.from());
      }
    }
    return bytes;
  }

  @Override
  public Optional<SectorCopy> find(Offer offer, Control control)
      throws TransferTrouble, Control.Held {
    return status(offer, control)
        .filter(status -> status.state().equals(ArrivalStatus.PLACED))
        .map(status -> copy(offer, status));
  }

  @Override
  public void discard(Offer offer, Control control) throws TransferTrouble, Control.Held {
    Answer answer = peer.call(HttpRequest.DELETE("/"), path(offer), control);
    if (!answer.isGood()) {
      throw answer.trouble(place);
    }
  }
}
