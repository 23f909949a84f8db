package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a miner is.
 *
 * @param version text with the commit
 * @param apiVersion has to be {@link #API}
 * @param blockDelay seconds
 */
public record MinerVersion(
    String version, @JsonProperty("APIVersion") int apiVersion, long blockDelay, String agent) {
  /** Version 1.5.0 of the miner's API, the only one that Lotus 1.36 workers take. */
  public static final int API = 0x010500;
}
