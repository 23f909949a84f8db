/** Markers by which Akka picks how an object is written; see {@code reference.conf}. */
@NullMarked
package io.selkie.serialization;

import org.jspecify.annotations.NullMarked;
