package io.selkie.proofs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * A build of the native proofs.
 *
 * @param version of Selkie's crate
 * @param abi version of the interface
 * @param proofs version of filecoin-proofs-api
 * @param variant {@code sha} with the SHA extensions of the processor, {@code generic} without
 * @param features cargo features it was built with
 * @param threads size of its thread pool
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProofsBuild(
    String version, int abi, String proofs, String variant, List<String> features, int threads) {}
