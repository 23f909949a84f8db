package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.journal.FarmLease;
import io.selkie.journal.FarmLease.Holder;
import io.selkie.journal.FarmLease.Standing;
import io.selkie.node.FarmClaim.Standpoint;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FarmClaimTest {
  private static final String SELF = "10.0.0.1:25520#1";
  private static final Holder OURS = new Holder("host-1", SELF, false);
  private static final Holder ALONE = new Holder("host-1", SELF, true);
  private static final Holder SECOND = new Holder("host-2", "10.0.0.2:25520#7", false);
  private static final Standpoint BEGINS = new Standpoint(Set.of(), false, true);
  private static final Standpoint JOINS = new Standpoint(Set.of(), false, false);
  private static final Standpoint UP_ALONE = new Standpoint(Set.of(SELF), true, true);
  private static final Standpoint UP = new Standpoint(Set.of(SELF, SECOND.node()), true, true);
  private static final Duration FRESH = FarmLease.LASTS;
  private static final Duration AGED = FarmLease.LASTS.minus(FarmLease.LOOK);
  private static final Duration OVER = Duration.ofMillis(-1);

  private final FarmClaim claim = new FarmClaim("host-1", SELF);
  private long now = 1_000_000_000_000L;

  private FarmClaim.Advice advise(Holder holder, Duration left, Standpoint here) {
    return claim.advise(Optional.of(new Standing(holder, left)), here, now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static FarmClaim.Take take(Holder from, boolean over, Holder to) {
    return new FarmClaim.Take(Optional.of(from), over, to);
  }

  @Test
  void whatNobodyHasIsTakenByWhoBeginsAFarmOrIsInOne() {
    FarmClaim.Take take = new FarmClaim.Take(Optional.empty(), false, ALONE);

    assertEquals(take, claim.advise(Optional.empty(), BEGINS, now));
    assertEquals(take, claim.advise(Optional.empty(), UP_ALONE, now));
    assertEquals(new FarmClaim.Leave(), claim.advise(Optional.empty(), JOINS, now));
  }

  @Test
  void anyMemberRenewsWhatAnotherOneOfItsClusterHas() {
    assertEquals(new FarmClaim.Keep(), advise(SECOND, FRESH, UP));
    assertEquals(take(SECOND, false, OURS), advise(SECOND, AGED, UP));
    assertEquals(take(SECOND, false, OURS), advise(SECOND, OVER, UP));
  }

  @Test
  void aMemberThatIsGoneIsOfTheClusterStill() {
    advise(SECOND, FRESH, UP);

    assertEquals(take(SECOND, false, ALONE), advise(SECOND, AGED, UP_ALONE));
  }

  @Test
  void whoIsNotUpYetRenewsNothing() {
    Standpoint joining = new Standpoint(Set.of(SELF, SECOND.node()), false, false);

    assertEquals(new FarmClaim.Keep(), advise(SECOND, AGED, joining));
  }

  @Test
  void whatTheFarmOfAnotherHasIsWaitedFor() {
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, FRESH, BEGINS));
    pass(FarmLease.LASTS.multipliedBy(100));
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, FRESH, BEGINS));
  }

  @Test
  void whatRanOutIsLeftToItsFarmForAWhile() {
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, OVER, BEGINS));
    pass(FarmLease.LASTS.minusNanos(1));
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, OVER, BEGINS));
    pass(Duration.ofNanos(1));
    assertEquals(take(SECOND, true, ALONE), advise(SECOND, OVER, BEGINS));
  }

  @Test
  void whatWasRenewedAfterItRanOutIsWaitedForAnew() {
    advise(SECOND, OVER, BEGINS);
    advise(SECOND, FRESH, BEGINS);
    pass(FarmLease.LASTS);

    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, OVER, BEGINS));
  }

  @Test
  void aHostThatWasAloneHasItBackAtOnce() {
    Holder before = new Holder("host-1", "10.0.0.1:25520#99", true);

    assertEquals(take(before, false, ALONE), advise(before, FRESH, BEGINS));
  }

  @Test
  void aHostThatHadOthersWaitsForThem() {
    Holder before = new Holder("host-1", "10.0.0.1:25520#99", false);

    assertEquals(new FarmClaim.Wait(before), advise(before, FRESH, BEGINS));
  }

  @Test
  void whetherAHostIsAloneIsCorrectedAtOnce() {
    assertEquals(take(ALONE, false, OURS), advise(ALONE, FRESH, UP));
    assertEquals(new FarmClaim.Keep(), advise(OURS, FRESH, UP));
    assertEquals(take(OURS, false, ALONE), advise(OURS, FRESH, UP_ALONE));
  }

  @Test
  void aMemberWhoseFarmLostTheLeaseEndsOnceItIsCertain() {
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, FRESH, UP_ALONE));
    pass(FarmLease.LASTS.minusNanos(1));
    assertEquals(new FarmClaim.Wait(SECOND), advise(SECOND, FRESH, UP_ALONE));
    pass(Duration.ofNanos(1));
    assertEquals(new FarmClaim.End(SECOND), advise(SECOND, FRESH, UP_ALONE));
  }

  @Test
  void aMemberThatHearsLateOfANewOneGoesOn() {
    advise(SECOND, FRESH, UP_ALONE);
    advise(SECOND, FRESH, UP);
    pass(FarmLease.LASTS);

    assertEquals(new FarmClaim.Keep(), advise(SECOND, FRESH, UP));
  }
}
