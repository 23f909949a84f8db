/** Lotus's own Go code (src/test/go) as the other side of a test. */
@NullMarked
package io.selkie.lotus.peer;

import org.jspecify.annotations.NullMarked;
