/**
 * What Selkie shows of itself on the host that it is to work on: nodes in processes of their own
 * are killed, stopped and upgraded while they seal, and every sector must still come to its end.
 */
@NullMarked
package io.selkie.selftest;

import org.jspecify.annotations.NullMarked;
