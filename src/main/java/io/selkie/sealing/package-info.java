/**
 * The driver that steps a sector from its first piece to proving by our own means: it draws the
 * ticket, waits for the seed and sends the messages, as Lotus's storage miner does, and says the
 * same commands to the sector as a Lotus miner would. Its states have Lotus's names.
 */
@NullMarked
package io.selkie.sealing;

import org.jspecify.annotations.NullMarked;
