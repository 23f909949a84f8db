package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Where a file of a sector is downloaded from.
 *
 * @param local whether it is there already
 */
public record SectorLocation(
    boolean local, @JsonProperty("URL") String url, @NilIfEmpty List<Header> headers) {
  /** Sent with the download. */
  public record Header(String key, String value) {}
}
