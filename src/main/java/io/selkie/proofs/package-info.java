/**
 * The Filecoin proofs in Filecoin words ({@link io.selkie.proofs.Proofs}), in this process through
 * JNA or in child processes. Nothing of JNA and nothing of the JSON that the native side speaks
 * leaves this package.
 */
@NullMarked
package io.selkie.proofs;

import org.jspecify.annotations.NullMarked;
