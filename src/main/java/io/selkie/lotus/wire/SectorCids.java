package io.selkie.lotus.wire;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;

/** The commitments to a sector's data and to its replica. */
public record SectorCids(CommD unsealed, CommR sealed) {}
