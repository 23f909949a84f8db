package io.selkie.node;

import io.selkie.auth.Permission;
import io.selkie.auth.Tokens;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** With what other hosts of the farm fetch from this one: a token for some hours, made anew. */
final class FileTickets implements Supplier<Optional<FileSource>> {
  private static final Duration LIFE = Duration.ofHours(6);
  private static final Duration RENEW = Duration.ofHours(3);

  private final HostId host;
  private final URI url;
  private final Tokens tokens;
  private final Clock clock;
  private FileSource current;
  private Instant until;

  FileTickets(HostId host, URI url, Tokens tokens, Clock clock) {
    this.host = host;
    this.url = url;
    this.tokens = tokens;
    this.clock = clock;
    this.current = make();
    this.until = clock.instant().plus(RENEW);
  }

  /**
   * Whether other hosts reach what listens there.
   *
   * @param address of this host in the cluster
   */
  static boolean isReached(String host, String address) throws IOException {
    InetAddress bound = InetAddress.getByName(host);
    return !bound.isLoopbackAddress() || bound.equals(InetAddress.getByName(address));
  }

  /** Where they reach it: what listens everywhere is found at the address in the cluster. */
  static URI from(URI transfer, String address) throws IOException {
    String host = address.contains(":") ? "[" + address + "]" : address;
    return InetAddress.getByName(transfer.getHost()).isAnyLocalAddress()
        ? URI.create(transfer.getScheme() + "://" + host + ":" + transfer.getPort())
        : transfer;
  }

  private FileSource make() {
    return new FileSource(host, url, tokens.create(Permission.WRITE, LIFE, "farm"));
  }

  @Override
  public synchronized Optional<FileSource> get() {
    Instant now = clock.instant();
    if (!now.isBefore(until)) {
      current = make();
      until = now.plus(RENEW);
    }
    return Optional.of(current);
  }
}
