package io.selkie.sector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.sector.SectorTransitions.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SectorTransitionsTest {
  private static final Path DOCUMENT = Path.of("docs/sector-states.md");

  @Test
  void everyEventHasARow() {
    Set<Class<?>> withRow =
        SectorTransitions.rows().stream().map(Row::event).collect(Collectors.toSet());
    assertEquals(Set.of(SectorEvent.class.getPermittedSubclasses()), withRow);
  }

  @Test
  void noTwoRowsAnswerTheSameEvent() {
    List<String> edges =
        SectorTransitions.rows().stream().map(row -> row.from() + " " + row.event()).toList();
    assertEquals(new HashSet<>(edges).size(), edges.size());
  }

  @Test
  void everyStateIsReachedAndAllButRemovedHaveAnExit() {
    Set<Class<?>> reached = new HashSet<>();
    Deque<Class<?>> open = new ArrayDeque<>(List.of(SectorState.Unknown.class));
    while (!open.isEmpty()) {
      Class<?> state = open.pop();
      if (reached.add(state)) {
        SectorTransitions.rows().stream()
            .filter(row -> row.from() == state)
            .forEach(row -> open.addAll(row.to()));
      }
    }
    assertEquals(leaves(SectorState.class), reached);

    Set<Class<?>> withExit =
        SectorTransitions.rows().stream().map(Row::from).collect(Collectors.toSet());
    Set<Class<?>> withoutExit = new HashSet<>(reached);
    withoutExit.removeAll(withExit);
    assertEquals(Set.of(SectorState.Removed.class), withoutExit);
  }

  private static Set<Class<?>> leaves(Class<?> type) {
    if (!type.isSealed()) {
      return Set.of(type);
    }
    return Arrays.stream(type.getPermittedSubclasses())
        .flatMap(child -> leaves(child).stream())
        .collect(Collectors.toSet());
  }

  @Test
  void anEventWithoutARowIsABug() {
    SectorState unknown = new SectorState.Unknown(SectorSamples.SECTOR);
    SectorEvent event = new SectorEvent.RetryRequested(SectorSamples.NOW, "test");
    assertThrows(IllegalStateException.class, () -> SectorTransitions.next(unknown, event));
  }

  /** {@code -Dselkie.docs.write=true} writes the document anew. */
  @Test
  void theDocumentIsPrintedFromTheTable() throws IOException {
    String printed = print();
    if (Boolean.getBoolean("selkie.docs.write")) {
      Files.writeString(DOCUMENT, printed);
    }
    assertEquals(printed, Files.readString(DOCUMENT));
  }

  private static String print() {
    List<String> lines = new ArrayList<>();
    lines.add("# States of a sector");
    lines.add("");
    lines.add(
        "Printed from the table `SectorTransitions` by `SectorTransitionsTest`; do not edit.");
    lines.add("");
    lines.add("| state | event | next state |");
    lines.add("|---|---|---|");
    for (Row<?, ?> row : SectorTransitions.rows()) {
      lines.add(
          "| "
              + row.from().getSimpleName()
              + " | "
              + row.event().getSimpleName()
              + " | "
              + row.to().stream().map(Class::getSimpleName).collect(Collectors.joining(" or "))
              + " |");
    }
    lines.add("");
    lines.add("```mermaid");
    lines.add("stateDiagram-v2");
    lines.add("  [*] --> Unknown");
    for (Row<?, ?> row : SectorTransitions.rows()) {
      for (Class<?> to : row.to()) {
        lines.add(
            "  "
                + row.from().getSimpleName()
                + " --> "
                + to.getSimpleName()
                + ": "
                + row.event().getSimpleName());
      }
    }
    lines.add("  Removed --> [*]");
    lines.add("```");
    lines.add("");
    return String.join("\n", lines);
  }
}
