/** Selkie, a Filecoin sealing node. Nothing lives here but the packages below. */
@NullMarked
package io.selkie;

import org.jspecify.annotations.NullMarked;
