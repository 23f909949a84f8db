package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProofType;
import java.util.List;

/**
 * A sector to be proven, and where it is read.
 *
 * @param challenge numbers of nodes
 * @param update whether the replica is the updated one
 */
public record PostSectorChallenge(
    SealProofType sealProof,
    long sectorNumber,
    @JsonProperty("SealedCID") CommR sealedCid,
    @NilIfEmpty List<Long> challenge,
    boolean update) {}
