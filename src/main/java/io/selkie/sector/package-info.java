/**
 * The sector: one persistent actor per sector. Knows phases only; the states of a miner's state
 * machine live in {@code sealing}.
 */
@NullMarked
package io.selkie.sector;

import org.jspecify.annotations.NullMarked;
