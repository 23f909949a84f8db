/**
 * The worker: one per host. Runs the tasks that the scheduler gave to its host, each in a prover
 * that outlives it, and sees to it that no sector ever has two.
 */
@NullMarked
package io.selkie.worker;

import org.jspecify.annotations.NullMarked;
