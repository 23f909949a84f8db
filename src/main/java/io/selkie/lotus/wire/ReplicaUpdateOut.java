package io.selkie.lotus.wire;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;

/** The commitments of an updated sector. */
public record ReplicaUpdateOut(CommR newSealed, CommD newUnsealed) {}
