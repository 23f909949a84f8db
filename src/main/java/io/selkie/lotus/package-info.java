/** The link to a Lotus miner: where its API is, and whether it answers. */
@NullMarked
package io.selkie.lotus;

import org.jspecify.annotations.NullMarked;
