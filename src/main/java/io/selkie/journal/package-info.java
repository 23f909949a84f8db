/**
 * The database of a node: its journal, its snapshots and its read model lie in one. It is opened,
 * and brought to the schema of this program, before the actor system starts.
 */
@NullMarked
package io.selkie.journal;

import org.jspecify.annotations.NullMarked;
