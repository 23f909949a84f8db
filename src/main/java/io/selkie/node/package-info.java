/** The composition root: makes a node out of all the other packages. */
@NullMarked
package io.selkie.node;

import org.jspecify.annotations.NullMarked;
