package io.selkie.lotus;

import java.net.URI;

/**
 * Where a miner's API is, and what lets us in.
 *
 * @param address where it listens
 * @param secure whether it is spoken to by TLS
 * @param token its JWT, which is shown nowhere
 */
public record MinerAddress(HostPort address, boolean secure, String token) {
  /** The path of the API of a miner, and of a worker. */
  public static final String RPC = "/rpc/v0";

  /** Where its API takes calls. */
  public URI rpc() {
    return URI.create(this + RPC);
  }

  /** Without the token: this may come into a log. */
  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + address;
  }
}
