package io.selkie.serialization;

/** A message that may go from node to node, as CBOR. */
public interface NodeMessage {}
