/** The chain as a storage miner sees it. */
@NullMarked
package io.selkie.chain;

import org.jspecify.annotations.NullMarked;
