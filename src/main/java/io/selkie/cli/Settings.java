package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The settings of Selkie: system properties over the environment, over {@code conf/selkie.conf},
 * which the start script names by {@code -Dconfig.file}, over {@code reference.conf}. Flags of a
 * command stand above all of them.
 */
final class Settings {
  private static final String ROOT = "selkie";

  private Settings() {}

  /** Gives the settings, or says in one line what is wrong with them. */
  @FunctionalInterface
  interface Reader {
    Config read() throws IOException;
  }

  /**
   * Reads the settings.
   *
   * @throws IOException if the file is missing, is no configuration, or sets what does not exist;
   *     one line
   */
  static Config load(Map<String, String> environment) throws IOException {
    String file = System.getProperty("config.file", "");
    if (!file.isEmpty() && !Files.isRegularFile(Path.of(file))) {
      throw new IOException(file + ": no such configuration file");
    }
    try {
      Config reference = ConfigFactory.defaultReference();
      Config config =
          ConfigFactory.load(
              EnvironmentSettings.of(environment, reference)
                  .withFallback(ConfigFactory.defaultApplication()));
      requireKnown(config, reference);
      return config;
    } catch (ConfigException e) {
      throw refusal(e);
    }
  }

  /** What is wrong with a setting, in one line. */
  static IOException refusal(ConfigException e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new IOException(line, e);
  }

  /** A misspelt key would be ignored for ever; system properties may have any name. */
  static void requireKnown(Config config, Config reference) throws IOException {
    if (!config.hasPath(ROOT)) {
      return;
    }
    for (Map.Entry<String, ConfigValue> entry : config.getConfig(ROOT).entrySet()) {
      String key = ROOT + "." + entry.getKey();
      ConfigOrigin origin = entry.getValue().origin();
      if (origin.filename() != null && !reference.hasPathOrNull(key)) {
        throw new IOException(
            origin.filename() + ": " + origin.lineNumber() + ": there is no setting " + key);
      }
    }
  }
}
