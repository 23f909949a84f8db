package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.journal.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSettingsTest {
  @TempDir Path temp;

  private static Config config(String settings) {
    return ConfigFactory.parseString(settings).withFallback(ConfigFactory.load());
  }

  private static String refusal(String settings) {
    return assertThrows(IllegalArgumentException.class, () -> ClusterSettings.of(config(settings)))
        .getMessage();
  }

  @Test
  void aHostIsAFarmOfItsOwnUnlessItIsToldOthers() {
    ClusterSettings settings = ClusterSettings.of(config(""));

    assertFalse(settings.isFarm());
    assertEquals(Set.of("sealer", "storage", "commit2", "coordinator"), settings.roles());
    assertFalse(settings.provesSpacetime());
    assertTrue(
        ClusterSettings.of(config("selkie.cluster.roles = [coordinator, post]")).provesSpacetime());
    assertTrue(ClusterSettings.of(config("selkie.cluster.seeds = [\"10.0.0.1:25520\"]")).isFarm());
  }

  @Test
  void whatIsWrongIsNamed() {
    assertEquals(
        "selkie.cluster.seeds: '10.0.0.1' has no port",
        refusal("selkie.cluster.seeds = [\"10.0.0.1\"]"));
    assertEquals(
        "selkie.cluster.roles has 'miner': use some of [commit2, coordinator, post, sealer,"
            + " storage]",
        refusal("selkie.cluster.roles = [miner]"));
    assertEquals(
        "selkie.cluster.port is 70000: use 0 to 65535", refusal("selkie.cluster.port = 70000"));
    assertEquals(
        "selkie.cluster.discovery.method is 'magic': use none, config, dns or kubernetes",
        refusal("selkie.cluster.discovery.method = magic"));
    assertEquals(
        "selkie.cluster.seeds and selkie.cluster.discovery.method are two ways to find hosts: use"
            + " one of them",
        refusal("selkie.cluster { seeds = [\"10.0.0.1:25520\"], discovery { method = dns } }"));
    assertEquals(
        "selkie.cluster.tls.key is empty: give a PEM file, see selkie certs",
        refusal("selkie.cluster.tls.enabled = on"));
  }

  @Test
  void anEmbeddedJournalJoinsNobody() {
    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                NodeSettings.of(
                    temp, Map.of(), config("selkie.cluster.seeds = [\"10.0.0.1:25520\"]")));

    assertEquals(
        "selkie.cluster joins other hosts, and the journal is embedded in this one: name a"
            + " PostgreSQL by selkie.database.url, see docs/farm.md",
        refusal.getMessage());
  }

  @Test
  void aLeaseThatOutlastsTheDecisionOfADividedFarmIsRefused() {
    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                NodeSettings.of(
                    temp,
                    Map.of(),
                    config(
                        """
                        selkie.cluster.seeds = ["10.0.0.1:25520"]
                        selkie.database.url = "jdbc:postgresql://h/d"
                        selkie.database.lease.timeout = 10 s
                        """)));

    assertEquals(
        "selkie.database.lease.timeout is 10 s: use less than selkie.cluster.pause and"
            + " stable-after together, or the hosts that are left end as well when the one that has"
            + " the lease is lost",
        refusal.getMessage());
  }

  @Test
  void thePasswordOfTheDatabaseIsInNoText() throws IOException {
    Path file = Files.writeString(temp.resolve("password"), "geheim\n");

    DatabaseSettings settings =
        DatabaseSettings.of(
            config(
                "selkie.database { url = \"jdbc:postgresql://h/d\", password-file = \""
                    + file
                    + "\" }"));

    assertEquals("geheim", settings.password());
    assertEquals("jdbc:postgresql://h/d", settings.toString());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            DatabaseSettings.of(
                config("selkie.database.url = \"jdbc:postgresql://h/d?password=geheim\"")));
  }
}
