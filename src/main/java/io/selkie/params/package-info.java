/**
 * Groth parameters of the Filecoin proofs: which files are needed, whether those on disk are good,
 * fetching the production files and generating local ones.
 */
@NullMarked
package io.selkie.params;

import org.jspecify.annotations.NullMarked;
