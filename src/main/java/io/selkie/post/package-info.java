/** Proofs of spacetime, winning and window: for a Lotus miner, and for our own. */
@NullMarked
package io.selkie.post;

import org.jspecify.annotations.NullMarked;
