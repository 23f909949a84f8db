package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FarmMembersTest {
  private static final HostId A = new HostId("a");
  private static final Optional<HostId> HOST_A = Optional.of(A);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final FarmMembers members = new FarmMembers();

  private Map<HostId, Instant> gone() {
    return members.seen().gone();
  }

  private Map<HostId, Instant> joined() {
    return members.seen().joined();
  }

  @Test
  void aHostIsGoneSinceItsMemberWasGivenUp() {
    members.isThere("a1", HOST_A, NOW);
    members.isThere("a1", HOST_A, NOW.plusSeconds(3)); // it is up
    assertEquals(Map.of(A, NOW), joined());
    assertEquals(Map.of(), gone());

    members.givenUp("a1", HOST_A, NOW.plusSeconds(10));
    members.givenUp("a1", HOST_A, NOW.plusSeconds(12)); // it is removed
    assertEquals(Map.of(A, NOW.plusSeconds(10)), gone());
  }

  /** A node that joined in that moment: it is told of members that were given up. */
  @Test
  void aMemberThatWasNeverSeenBeforeIsGivenUpAllTheSame() {
    members.givenUp("a1", HOST_A, NOW);

    assertEquals(Map.of(A, NOW), gone());
  }

  @Test
  void aHostWhoseNextLifeJoinsIsThere() {
    members.isThere("a1", HOST_A, NOW);
    members.givenUp("a1", HOST_A, NOW.plusSeconds(10));
    members.isThere("a2", HOST_A, NOW.plusSeconds(12));
    assertEquals(Map.of(), gone());
    assertEquals(Map.of(A, NOW.plusSeconds(12)), joined());

    // Another address: both are members for a while.
    members.isThere("a3", HOST_A, NOW.plusSeconds(20));
    members.givenUp("a2", HOST_A, NOW.plusSeconds(30));
    assertEquals(Map.of(), gone());
    members.givenUp("a3", HOST_A, NOW.plusSeconds(40));
    assertEquals(Map.of(A, NOW.plusSeconds(40)), gone());
  }

  @Test
  void aHostThatLeftInOrderIsNotGivenUp() {
    members.isThere("a1", HOST_A, NOW);
    members.left("a1");

    assertEquals(Map.of(), gone());
  }

  /** A host of an older version does not say which it is: it may be any. */
  @Test
  void nobodyIsGoneWhileAMemberDoesNotTellItsHost() {
    members.isThere("a1", HOST_A, NOW);
    members.isThere("old", Optional.empty(), NOW);
    members.givenUp("a1", HOST_A, NOW.plusSeconds(10));
    assertEquals(Map.of(), gone());

    members.givenUp("old", Optional.empty(), NOW.plusSeconds(20));
    assertEquals(Map.of(A, NOW.plusSeconds(10)), gone());
  }
}
