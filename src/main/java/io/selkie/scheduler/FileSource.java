package io.selkie.scheduler;

import java.net.URI;

/**
 * Where other hosts fetch small files of a host's sectors: the output of Commit1. Bytes go over the
 * transfer address, never in a message.
 *
 * @param host that has them
 * @param url of its transfer address
 * @param token that it takes, for some hours
 */
public record FileSource(HostId host, URI url, String token) {
  /** Without the token, which is in no log. */
  @Override
  public String toString() {
    return "FileSource[" + host + ", " + url + "]";
  }
}
