package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Sectors whose first piece is on its way to a host, before they ask for one themselves: their
 * places there are kept, or as many pieces would go to one host as come within the time that one
 * takes. A scheduler that begins anew has forgotten them; they ask for a host all the same.
 */
final class ExpectedSectors {
  /** So long a place is kept for bytes that may never come. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Map<SectorId, Expected> all = new LinkedHashMap<>();

  private record Expected(Placement.Coming coming, Instant until) {}

  /** Where it is expected. */
  Optional<HostId> host(SectorId sector) {
    return Optional.ofNullable(all.get(sector)).map(expected -> expected.coming().host());
  }

  /** It is expected there for a while from now on, and nowhere else. */
  void expect(SectorId sector, SealProofType type, HostId host, Instant now) {
    Placement.Coming coming = new Placement.Coming(sector, Optional.of(type), host);
    all.put(sector, new Expected(coming, now.plus(PATIENCE)));
  }

  void drop(SectorId sector) {
    all.remove(sector);
  }

  /** Whether any was waited for long enough. */
  boolean isOver(Instant now) {
    return all.values().stream().anyMatch(expected -> !expected.until().isAfter(now));
  }

  /** Forgets those, and those that have come. */
  void end(Instant now, Predicate<SectorId> hasBegun) {
    all.entrySet()
        .removeIf(one -> !one.getValue().until().isAfter(now) || hasBegun.test(one.getKey()));
  }

  Stream<Placement.Coming> coming() {
    return all.values().stream().map(Expected::coming);
  }
}
