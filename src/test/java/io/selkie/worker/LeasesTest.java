package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.worker.Leases.Use;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private final Leases leases = new Leases(List.of(device("a"), device("b")));

  private static Device device(String id) {
    return new Device(id, Map.of());
  }

  private List<String> grants() {
    return leases.grants().stream()
        .map(grant -> grant.holder() + " on " + grant.device().id())
        .toList();
  }

  @Test
  void eachDeviceIsGivenOnce() {
    leases.want("one", Use.SEALING);
    leases.want("two", Use.SEALING);
    leases.want("three", Use.SEALING);

    assertEquals(List.of("one on a", "two on b"), grants());
    leases.giveUp("one");
    assertEquals(List.of("three on a"), grants());
  }

  @Test
  void aProofOfSpacetimeGoesFirst() {
    leases.found("running", Optional.of("a"));
    leases.found("other", Optional.of("b"));
    leases.want("sealing", Use.SEALING);
    leases.want("post", Use.POST);
    assertEquals(List.of(), grants());

    leases.giveUp("other");
    assertEquals(List.of("post on b"), grants());
  }

  @Test
  void whoGivesUpWhileWaitingGetsNothing() {
    leases.found("running", Optional.of("a"));
    leases.want("one", Use.SEALING);
    leases.want("two", Use.SEALING);
    leases.giveUp("one");

    assertEquals(List.of("two on b"), grants());
  }

  @Test
  void proversFromBeforeARestartCountAboveALoweredLimit() {
    leases.found("one", Optional.of("a"));
    leases.found("two", Optional.of("gone"));
    leases.found("three", Optional.of("gone too"));
    leases.want("new", Use.SEALING);
    assertEquals(List.of(), grants());

    leases.giveUp("two");
    assertEquals(List.of(), grants());
    leases.giveUp("three");
    assertEquals(List.of("new on b"), grants());
    assertEquals(Optional.of(device("a")), leases.deviceOf("one"));
  }

  @Test
  void aProverWhoseLeaseWasLostTakesWhatIsFree() {
    leases.found("one", Optional.empty());

    assertEquals(Optional.of(device("a")), leases.deviceOf("one"));
  }
}
