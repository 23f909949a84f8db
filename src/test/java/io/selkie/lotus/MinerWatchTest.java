package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MinerWatchTest {
  private static final MinerAddress MINER =
      new MinerAddress(new HostPort("127.0.0.1", 2345), false, "secret");
  private static final String HERE = " (this host: 127.0.0.1:3456)";
  private static final String MEANWHILE = "; sectors come by the management interface";

  private final List<String> lines = new ArrayList<>();
  private Optional<String> missing = Optional.of("/m/api is missing");
  private Optional<String> unreachable = Optional.empty();

  private MinerWatch watch(Optional<HostPort> own) {
    return new MinerWatch(
        new LotusSettings(Optional.empty(), own, Optional.empty(), Optional.empty(), false),
        () -> {
          if (missing.isPresent()) {
            throw new IOException(missing.get());
          }
          return MINER;
        },
        address -> {
          if (unreachable.isPresent()) {
            throw new IOException(unreachable.get());
          }
        },
        lines::add);
  }

  @Test
  void eachLookSaysInOneLineWhatItWaitsFor() {
    try (MinerWatch watch = watch(Optional.empty())) {
      watch.look();
      watch.look();
      missing = Optional.empty();
      unreachable = Optional.of("Connection refused");
      watch.look();
    }

    assertEquals(
        List.of(
            "waiting for the miner: /m/api is missing" + HERE + MEANWHILE,
            "waiting for the miner: /m/api is missing" + HERE + MEANWHILE,
            "waiting for the miner: http://127.0.0.1:2345 cannot be reached: Connection refused"
                + HERE
                + MEANWHILE),
        lines);
  }

  @Test
  void aMinerThatIsThereIsSaidOnceWithTheOwnAddress() {
    missing = Optional.empty();
    try (MinerWatch watch = watch(Optional.of(new HostPort("10.0.0.5", 3456)))) {
      watch.look();
      watch.look();
      unreachable = Optional.of("gone");
      watch.look();
      unreachable = Optional.empty();
      watch.look();
    }

    String there =
        "the miner answers at http://127.0.0.1:2345, and this host is 10.0.0.5:3456 to it";
    assertEquals(3, lines.size());
    assertEquals(there, lines.get(0));
    assertTrue(lines.get(1).contains("cannot be reached: gone"), lines.get(1));
    assertEquals(there, lines.get(2));
  }

  @Test
  void theOwnAddressIsThatOfTheRouteElseTheLoopback() {
    assertEquals(
        new HostPort("127.0.0.1", 3456),
        OwnAddress.towards(Optional.of(new HostPort("127.0.0.1", 2345))));
    assertEquals(new HostPort("127.0.0.1", 3456), OwnAddress.towards(Optional.empty()));
    assertEquals(
        new HostPort("127.0.0.1", 3456),
        OwnAddress.towards(Optional.of(new HostPort("no-such-host.invalid", 2345))));
  }
}
