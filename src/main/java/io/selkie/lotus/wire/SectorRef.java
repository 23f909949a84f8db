package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;

/** A sector, and how it is sealed. */
public record SectorRef(@JsonProperty("ID") SectorId id, SealProofType proofType) {}
