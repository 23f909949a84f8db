/**
 * Which host runs which task, and why not. Owns the only waiting queue, and the messages between
 * sectors and workers.
 */
@NullMarked
package io.selkie.scheduler;

import org.jspecify.annotations.NullMarked;
