/**
 * The sector: one persistent actor per sector. Knows phases only; the states of a miner's state
 * machine live in {@code sealing}.
 *
 * <p>{@code SectorTransitions} is the table of states and events, {@code SectorChanges} its
 * functions. What follows from a message is said by pure rules, a class for each subject, which the
 * actor and the simulation both obey: {@code DriverRules} (tasks that are asked for), {@code
 * PlacementRules} (where they run), {@code ReportRules} (what workers tell), {@code MoveRules} (to
 * another host), {@code HostLossRules}, {@code AbortRules}, and {@code UnderWay}, the effects that
 * a state has under way.
 */
@NullMarked
package io.selkie.sector;

import org.jspecify.annotations.NullMarked;
