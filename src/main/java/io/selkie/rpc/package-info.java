/**
 * JSON-RPC 2.0 as Lotus's go-jsonrpc speaks it: positional parameters, method names with a
 * namespace, permissions in the answer and not in the status. An interface of Java methods is the
 * contract of both sides.
 */
@NullMarked
package io.selkie.rpc;

import org.jspecify.annotations.NullMarked;
