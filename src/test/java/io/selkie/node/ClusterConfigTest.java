package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.util.Version;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {
  /** Akka puts shards on the newest hosts while versions differ: it has to know them. */
  @Test
  void theClusterIsToldTheVersionOfTheBuild() {
    Config akka = ClusterConfig.of(ClusterSettings.of(ConfigFactory.load()));

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
