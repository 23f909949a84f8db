package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a worker takes; in JSON the keys of an object. */
public record TaskTypes(Set<LotusTask> tasks) {
  /** Copies the set. */
  public TaskTypes {
    tasks = Set.copyOf(tasks);
  }

  /** These types. */
  public static TaskTypes of(LotusTask... tasks) {
    return new TaskTypes(Set.of(tasks));
  }

  /** Types that are not known here are of newer workers. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static TaskTypes ofJson(Map<String, Map<String, Object>> json) {
    return new TaskTypes(
        json.keySet().stream()
            .map(LotusTask::find)
            .flatMap(Optional::stream)
            .collect(Collectors.toSet()));
  }

  @JsonValue
  Map<String, Map<String, Object>> toJson() {
    Map<String, Map<String, Object>> json = new TreeMap<>();
    tasks.forEach(task -> json.put(task.toString(), Map.of()));
    return json;
  }
}
