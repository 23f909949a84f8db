/**
 * What goes between a Lotus miner and its workers, by Lotus's names: the two APIs and the types of
 * their JSON (LOTUS_WORKER_PROTOCOL.md 7, 8 and 10). {@link io.selkie.rpc.RpcJson} reads and writes
 * them.
 */
@NullMarked
package io.selkie.lotus.wire;

import org.jspecify.annotations.NullMarked;
