/** Named places at which tests hold a process to kill it there. */
@NullMarked
package io.selkie.failpoints;

import org.jspecify.annotations.NullMarked;
