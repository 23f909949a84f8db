package io.selkie.lotus.remote;

import java.net.URI;
import java.util.List;

/**
 * Where the file of a sector can be had.
 *
 * @param bases such as {@code http://10.0.0.2:3456/remote}, tried in this order
 * @param token that lets us in there
 */
public record RemoteSource(List<URI> bases, String token) {
  /** The list is copied. */
  public RemoteSource {
    bases = List.copyOf(bases);
  }

  /** Without the token: this may come into a log. */
  @Override
  public String toString() {
    return bases.toString();
  }
}
