package io.selkie.lotus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Under which address a miner reaches this host. */
public final class OwnAddress {
  private static final HostPort UNKNOWN = new HostPort("127.0.0.1", HostPort.WORKER_PORT);

  private OwnAddress() {}

  /** The local address of the route to the miner, with the port of Lotus's workers. */
  public static HostPort towards(Optional<HostPort> miner) {
    return miner.flatMap(OwnAddress::route).orElse(UNKNOWN);
  }

  /** Asks the kernel: connecting a datagram socket sends nothing. */
  private static Optional<HostPort> route(HostPort miner) {
    InetSocketAddress there = new InetSocketAddress(miner.host(), miner.port());
    if (there.isUnresolved()) {
      return Optional.empty();
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(there);
      return socket.getLocalAddress().isAnyLocalAddress()
          ? Optional.empty()
          : Optional.of(
              new HostPort(socket.getLocalAddress().getHostAddress(), HostPort.WORKER_PORT));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // no route
    }
  }
}
