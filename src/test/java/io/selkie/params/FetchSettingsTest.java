package io.selkie.params;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchSettingsTest {
  private final Config reference = ConfigFactory.defaultReference();

  @Test
  void theDefaultsAreLegal() throws IOException {
    FetchSettings settings = FetchSettings.from(Map.of(), reference);

    assertEquals(List.of(new Gateway("https://proofs.filecoin.io/ipfs/")), settings.gateways());
    assertEquals(Duration.ofSeconds(60), settings.stallTimeout());
    assertEquals(128L << 30, settings.maxFileBytes());
  }

  @Test
  void theGatewayOfTheEnvironmentIsTriedFirst() throws IOException {
    FetchSettings settings =
        FetchSettings.from(Map.of("IPFS_GATEWAY", "https://example.org/ipfs/"), reference);

    assertEquals("https://example.org/ipfs/", settings.gateways().get(0).base());
    assertEquals(2, settings.gateways().size());
  }

  @Test
  void anEmptyVariableCountsAsUnset() throws IOException {
    assertEquals(1, FetchSettings.from(Map.of("IPFS_GATEWAY", " "), reference).gateways().size());
  }

  @Test
  void aGatewayNamedTwiceIsTriedOnce() throws IOException {
    Map<String, String> environment = Map.of("IPFS_GATEWAY", "https://proofs.filecoin.io/ipfs");

    assertEquals(1, FetchSettings.from(environment, reference).gateways().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host/ipfs/",
        "host/ipfs/",
        "https://",
        "https://me:secret@host/",
        "http://a b/"
      })
  void refusesWhatIsNoGatewayAndSaysWhereItStands(String base) {
    ParameterException failure =
        assertThrows(
            ParameterException.class,
            () -> FetchSettings.from(Map.of("IPFS_GATEWAY", base), reference));

    assertTrue(failure.getMessage().startsWith("IPFS_GATEWAY: "), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gateways = []", "attempts = 0", "stall-timeout = soon", "gateways = [nowhere]"})
  void refusesSettingsThatMakeNoSense(String setting) {
    Config config =
        ConfigFactory.parseString("selkie.params { " + setting + " }").withFallback(reference);

    assertThrows(ParameterException.class, () -> FetchSettings.from(Map.of(), config));
  }

  @Test
  void aCidIsAppendedToTheUrlOfAGateway() {
    assertEquals(URI.create("https://host/ipfs/Qm1"), new Gateway("https://host/ipfs").uri("Qm1"));
    assertEquals(
        URI.create("https://host/get?cid=Qm1"), new Gateway("https://host/get?cid=").uri("Qm1"));
  }
}
