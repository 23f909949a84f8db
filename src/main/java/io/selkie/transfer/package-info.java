/**
 * Brings sealed sectors to long-term storage: another directory of this host, or a peer that
 * receives over the transfer address. A sector arrives whole or stays where it was; its source is
 * deleted only by a task that names the verified copy. {@code docs/transfer.md} is the protocol.
 */
@NullMarked
package io.selkie.transfer;

import org.jspecify.annotations.NullMarked;
