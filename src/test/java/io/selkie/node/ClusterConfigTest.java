package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.util.Version;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.scheduler.HostId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {
  private static Config config(Config settings) {
    return ClusterConfig.of(ClusterSettings.of(settings), new HostId("sealer-1.5f3a9c"));
  }

  private static Duration margin(String stableAfter) {
    return config(
            ConfigFactory.parseString("selkie.cluster.stable-after = " + stableAfter)
                .withFallback(ConfigFactory.load()))
        .getDuration("akka.cluster.down-removal-margin");
  }

  /** A scheduler that never heard of a host knows its member by that. */
  @Test
  void membersSayWhichHostTheyAre() {
    assertEquals(
        List.of("host-sealer-1.5f3a9c"),
        config(ConfigFactory.load()).getStringList("akka.cluster.roles").stream()
            .filter(role -> role.startsWith("host-"))
            .toList());
  }

  /** Akka's own would be as long as stable-after. */
  @Test
  void whatRanOnLostHostsHasHalfOfStableAfterToEnd() {
    assertEquals(Duration.ofSeconds(3), margin("1 s"));
    assertEquals(Duration.ofSeconds(3), margin("5 s"));
    assertEquals(Duration.ofSeconds(10), margin("20 s"));
  }

  /** Akka puts shards on the newest hosts while versions differ: it has to know them. */
  @Test
  void theClusterIsToldTheVersionOfTheBuild() {
    Config akka = config(ConfigFactory.load());

    String version = akka.getString("akka.cluster.app-version");
    assertEquals(Build.version(), version);
    assertTrue(version.matches("\\d+\\.\\d+\\.\\d+(-\\w+)?"), version);
  }

  @Test
  void laterBuildsCountAsNewer() {
    assertTrue(new Version("0.1.0-SNAPSHOT").compareTo(new Version("0.1.0")) < 0);
    assertTrue(new Version("0.1.0").compareTo(new Version("0.2.0-SNAPSHOT")) < 0);
    assertTrue(new Version("0.9.0").compareTo(new Version("0.10.0")) < 0);
  }
}
