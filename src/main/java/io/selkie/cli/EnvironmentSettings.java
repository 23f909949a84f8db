package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Settings by environment: {@code selkie.max-tasks} is {@code SELKIE_MAX_TASKS}, and so on for each
 * one. Elements of a list are separated by commas. An empty variable is as good as none.
 */
final class EnvironmentSettings {
  /**
   * What tests set is not taken from the environment, where it could be forgotten. The start script
   * always sets the directory of the native side, which must not hide what the file says.
   */
  private static final List<String> EXCEPT = List.of("selkie.test.", "selkie.native.dir");

  private EnvironmentSettings() {}

  /** The variable that stands for a setting. */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * Those of the environment.
   *
   * @param reference all settings that there are
   */
  static Config of(Map<String, String> environment, Config reference) {
    Config found = ConfigFactory.empty();
    for (Map.Entry<String, ConfigValue> setting : reference.getConfig("selkie").entrySet()) {
      String key = "selkie." + setting.getKey();
      String value = environment.getOrDefault(variable(key), "").strip();
      if (!value.isEmpty() && EXCEPT.stream().noneMatch(key::startsWith)) {
        boolean list = setting.getValue().valueType() == ConfigValueType.LIST;
        String origin = "environment variable " + variable(key);
        found =
            found.withValue(
                key,
                list
                    ? ConfigValueFactory.fromIterable(elements(value), origin)
                    : ConfigValueFactory.fromAnyRef(value, origin));
      }
    }
    return found;
  }

  private static List<String> elements(String value) {
    return Stream.of(value.split(",", -1)).map(String::strip).filter(e -> !e.isEmpty()).toList();
  }
}
