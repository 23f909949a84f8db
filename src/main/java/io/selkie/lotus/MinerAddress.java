package io.selkie.lotus;

/**
 * Where a miner's API is, and what lets us in.
 *
 * @param address where it listens
 * @param secure whether it is spoken to by TLS
 * @param token its JWT, which is shown nowhere
 */
public record MinerAddress(HostPort address, boolean secure, String token) {
  /** Without the token: this may come into a log. */
  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + address;
  }
}
