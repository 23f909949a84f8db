/**
 * The words of the Filecoin field as immutable values: sectors, pieces, commitments, proofs, sizes,
 * CIDs. Nothing here knows Akka, does I/O, or calls native code.
 */
@NullMarked
package io.selkie.filecoin;

import org.jspecify.annotations.NullMarked;
