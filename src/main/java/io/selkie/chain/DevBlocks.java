package io.selkie.chain;

import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The blocks of a development chain: one for each epoch, known by its time and randomness alone.
 */
final class DevBlocks {
  private final DevChainState start;
  private final InstantSource clock;

  /** The clock may go backwards, the head may not. */
  private final AtomicLong highest;

  /**
   * Goes on with a chain.
   *
   * @param start as it was opened; what becomes of its sectors is of no interest here
   */
  DevBlocks(DevChainState start, InstantSource clock) {
    this.start = start;
    this.clock = clock;
    this.highest = new AtomicLong(start.lastEpoch());
  }

  /** A chain that begins now. */
  static DevChainState genesis(Duration blockTime, long now) {
    byte[] random = new byte[Bytes32.SIZE];
    new SecureRandom().nextBytes(random);
    return new DevChainState(
        DevChainState.VERSION, Bytes32.of(random), 0, now, blockTime.toMillis(), List.of());
  }

  /** The same chain with epochs of another length from now on: the head must not jump. */
  static DevChainState withBlockTime(DevChainState found, Duration blockTime, long now) {
    long blockMillis = blockTime.toMillis();
    if (found.blockMillis() == blockMillis) {
      return found;
    }
    long epoch = Math.max(found.lastEpoch(), epochAt(found, now));
    return new DevChainState(
        found.version(), found.genesis(), epoch, now, blockMillis, found.sectors());
  }

  private static long epochAt(DevChainState state, long now) {
    return state.epoch() + Math.max(0, now - state.epochMillis()) / state.blockMillis();
  }

  /** The state with other sectors. */
  DevChainState with(List<DevChainState.Sector> sectors) {
    return new DevChainState(
        start.version(),
        start.genesis(),
        start.epoch(),
        start.epochMillis(),
        start.blockMillis(),
        sectors);
  }

  /** The current epoch. */
  long head() {
    return highest.accumulateAndGet(epochAt(start, clock.millis()), Math::max);
  }

  /** What {@link Chain#timeOf} gives. */
  Instant timeOf(long epoch) {
    return Instant.ofEpochMilli(start.epochMillis())
        .plus(Duration.ofMillis(start.blockMillis()).multipliedBy(epoch - start.epoch()));
  }

  /** What {@link Chain#ticket} gives. */
  Ticket ticket(MinerId miner, long epoch) {
    return Ticket.of(draw("ticket", Randomness.SEAL_TICKET, miner, epoch));
  }

  /** What {@link Chain#seed} gives. */
  Seed seed(MinerId miner, long epoch) {
    return Seed.of(draw("beacon", Randomness.INTERACTIVE_SEED, miner, epoch));
  }

  private Bytes32 draw(String kind, long domain, MinerId miner, long epoch) {
    byte[] entropy = miner.addressCbor().toByteArray();
    return Randomness.draw(entry(kind, Math.max(0, epoch)), domain, epoch, entropy);
  }

  /** What stands for the ticket and the beacon entry in the block of an epoch. */
  private byte[] entry(String kind, long epoch) {
    byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
    return Randomness.blake2b256(
        ByteBuffer.allocate(Bytes32.SIZE + name.length + Long.BYTES)
            .put(start.genesis().toByteArray())
            .put(name)
            .putLong(epoch)
            .array());
  }
}
