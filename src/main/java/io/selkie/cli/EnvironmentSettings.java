package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  private static final Set<String> OTHERS =
      Set.of(
          "SELKIE_CONF",
          "SELKIE_JAVA_OPTS",
          "SELKIE_LOG",
          "SELKIE_BUILD",
          "SELKIE_STATE_DIR",
          "SELKIE_API_INFO",
          "SELKIE_NATIVE_VARIANT",
          "SELKIE_TEST_FAILPOINT_DIR");

  private static final Pattern KUBERNETES =
      Pattern.compile(
          "SELKIE(?:_[A-Z0-9]+)*_(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT(?:_[0-9]+_.*)?)");

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

  /**
   * Variables that look like settings and are none: misspelt ones, which would be ignored for ever.
   * What Kubernetes sets for a service of our name is not meant by anybody.
   */
  static List<String> unknown(Map<String, String> environment, Config reference) {
    Set<String> known =
        reference.getConfig("selkie").entrySet().stream()
            .map(setting -> variable("selkie." + setting.getKey()))
            .collect(Collectors.toSet());
    return environment.keySet().stream()
        .filter(name -> name.startsWith("SELKIE_"))
        .filter(name -> !known.contains(name) && !OTHERS.contains(name))
        .filter(name -> !KUBERNETES.matcher(name).matches())
        .sorted()
        .toList();
  }

  private static List<String> elements(String value) {
    return Stream.of(value.split(",", -1)).map(String::strip).filter(e -> !e.isEmpty()).toList();
  }
}
