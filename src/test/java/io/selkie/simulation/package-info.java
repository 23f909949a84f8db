/**
 * A farm in one thread and virtual time: the rules of sectors, scheduler and workers as they are in
 * production, and what surrounds them made of chance.
 */
@NullMarked
package io.selkie.simulation;

import org.jspecify.annotations.NullMarked;
