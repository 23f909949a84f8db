/**
 * The read model: two tables made from the events of the journal, one row per sector and one row
 * per event, and the queries on them. What is listed may be a moment old; a sector's own actor
 * knows better.
 *
 * <p>The packages that own events translate them to rows: each hands a {@link
 * io.selkie.view.Projection.Handler} to the one {@link io.selkie.view.Projection}, which commits
 * rows and offset together, so every event has its effect exactly once. All SQL is here, in the
 * common part of H2 and PostgreSQL.
 */
@NullMarked
package io.selkie.view;

import org.jspecify.annotations.NullMarked;
