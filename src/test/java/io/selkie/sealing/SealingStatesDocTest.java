package io.selkie.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.sealing.SealingTransitions.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Prints {@code docs/sealing-states.md} from the table; {@code -Dselkie.docs.write=true} writes.
 */
class SealingStatesDocTest {
  private static final Path PAGE = Path.of("docs/sealing-states.md");
  private static final String INTRODUCTION =
      """
      # States of sealing

      Printed from `SealingTransitions`; `mvn -Dtest=SealingStatesDocTest -Dselkie.docs.write=true test`
      writes it anew.

      The driver in `io.selkie.sealing` takes a sector from its first piece to proving. Its states have
      the names of Lotus, which `selkie sectors list` shows. Where a handler of Lotus does several things
      that must each survive a crash, ours has several steps. What the sector's own actor does meanwhile
      is in `sector-states.md`.

      """;

  @Test
  void thePageIsWhatTheTableSays() throws IOException {
    String printed = INTRODUCTION + names() + "\n" + diagram() + "\n" + table();
    if (Boolean.getBoolean("selkie.docs.write")) {
      Files.writeString(PAGE, printed);
    }

    assertEquals(printed, Files.readString(PAGE));
  }

  private static String names() {
    StringBuilder text = new StringBuilder("| state | its steps |\n|---|---|\n");
    for (SealingStateName name : SealingStateName.values()) {
      Set<String> steps = new LinkedHashSet<>();
      for (Row row : SealingTransitions.rows()) {
        row.to().stream()
            .filter(state -> SealingStateName.of(state) == name)
            .map(Class::getSimpleName)
            .sorted()
            .forEach(steps::add);
      }
      String own = steps.equals(Set.of(name.toString())) ? "" : String.join(", ", steps);
      text.append("| ").append(name).append(" | ").append(own).append(" |\n");
    }
    return text.toString();
  }

  /** Failures and removal are left out: they lead there from nearly everywhere. */
  private static String diagram() {
    Set<Class<?>> off =
        Set.of(
            SealingEvent.StepFailed.class,
            SealingEvent.Retried.class,
            SealingEvent.GivenUp.class,
            SealingEvent.RemovalRequested.class,
            SealingEvent.SectorRemoved.class);
    String arrows =
        SealingTransitions.rows().stream()
            .filter(row -> !off.contains(row.event()))
            .map(
                row ->
                    "    "
                        + from(row)
                        + " --> "
                        + to(row)
                        + ": "
                        + row.event().getSimpleName()
                        + "\n")
            .collect(Collectors.joining());
    return "```mermaid\nstateDiagram-v2\n" + arrows + "```\n";
  }

  private static String table() {
    return "| from | event | to |\n|---|---|---|\n"
        + SealingTransitions.rows().stream()
            .map(
                row ->
                    "| "
                        + String.join(
                            " | ", List.of(from(row), row.event().getSimpleName(), to(row)))
                        + " |\n")
            .collect(Collectors.joining());
  }

  private static String from(Row row) {
    return row.from().getSimpleName();
  }

  private static String to(Row row) {
    return String.join(", ", new TreeSet<>(row.to().stream().map(Class::getSimpleName).toList()));
  }
}
