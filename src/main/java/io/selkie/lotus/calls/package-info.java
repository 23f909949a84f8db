/** Calls of a miner that are answered later: taken durably, done by sectors, and reported. */
@NullMarked
package io.selkie.lotus.calls;

import org.jspecify.annotations.NullMarked;
