package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.proofs.PhaseFraction;
import io.selkie.storage.SectorManifest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a node tells of a sector, for people. */
final class SectorTable {
  private SectorTable() {}

  static TextTable of(SectorReport report) {
    TextTable table = new TextTable();
    table.row("sector", report.sector().toString());
    table.row("state", report.state());
    report
        .phase()
        .ifPresent(
            phase ->
                table.row(
                    "phase",
                    phase
                        + (report.number().isPresent()
                            ? " (" + report.number().getAsInt() + ")"
                            : "")
                        + (report.phaseDone() ? ", done" : "")));
    task(report, table);
    report
        .progress()
        .ifPresent(
            progress ->
                table.row(
                    "progress",
                    PhaseFraction.words(progress)
                        + ", "
                        + PhaseFraction.perMille(progress) / 10
                        + " %"));
    estimate(report, table);
    transfer(report, table);
    report.waitsFor().ifPresent(why -> table.row("waits for", why));
    report.failure().ifPresent(failure -> table.row("failure", failure));
    row(table, "host", report.facts().path("filesOn"));
    row(table, "generation", report.facts().path("generation"));
    for (SectorManifest.Piece piece : report.pieces()) {
      if (piece.bytes() > 0) {
        table.row(
            "piece",
            piece.commP().cid()
                + "  "
                + piece.bytes()
                + " bytes"
                + piece.name().map(name -> " of " + name).orElse(""));
      }
    }
    table.row("updated", toSeconds(report.json().path("summary").path("updatedAt").asText("")));
    return table;
  }

  /** What earlier tasks and the prover tell of the end; per cent only if the prover is silent. */
  private static void estimate(SectorReport report, TextTable table) {
    JsonNode estimate = report.json().path("estimate");
    if (report.progress().isEmpty() && estimate.path("percent").isIntegralNumber()) {
      table.row("progress", "about " + estimate.path("percent").asInt() + " %");
    }
    if (estimate.path("remainingSeconds").isIntegralNumber()) {
      long tasks = estimate.path("basedOn").asLong();
      table.row(
          "ends",
          "in about "
              + rough(estimate.path("remainingSeconds").asLong())
              + (tasks > 0 ? ", by " + tasks + (tasks == 1 ? " task" : " tasks") + " before" : ""));
    }
  }

  /** A duration as precise as an estimate is. */
  static String rough(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }

  private static void transfer(SectorReport report, TextTable table) {
    JsonNode transfer = report.json().path("transfer");
    if (!transfer.isObject()) {
      return;
    }
    String state = transfer.path("state").asText("");
    String detail =
        switch (state) {
          case "running" ->
              ", "
                  + transfer.path("step").asText("")
                  + " "
                  + transfer.path("percent").asInt()
                  + " % to "
                  + transfer.path("destination").asText("");
          case "done" -> ", at " + transfer.path("copy").path("place").asText("");
          case "failed" -> ", " + transfer.path("failure").path("message").asText("");
          default -> transfer.has("reason") ? ", " + transfer.path("reason").asText("") : "";
        };
    table.row("transfer", state + detail);
  }

  /** What its actor is doing, where that says more than the state. */
  private static void task(SectorReport report, TextTable table) {
    JsonNode task = report.json().path("actor").path("task");
    if (task.isObject()) {
      JsonNode kind = task.path("id").path("kind");
      long attempts = task.path("attempts").asLong();
      table.row(
          "task",
          kind.asText("")
              + ", "
              + report.actor().toLowerCase(Locale.ROOT)
              + (attempts > 0 ? ", attempt " + attempts : ""));
    }
  }

  private static void row(TextTable table, String name, JsonNode value) {
    if (value.isValueNode() && !value.isNull()) {
      table.row(name, value.asText());
    }
  }

  /** {@code 2026-11-21T10:00:00.123456Z} without its fraction. */
  static String toSeconds(String time) {
    return time.replaceFirst("\\.[0-9]+", "");
  }

  static TextTable history(List<JsonNode> events) {
    TextTable table = new TextTable().row("AT", "EVENT", "TASK", "DETAIL");
    for (JsonNode event : events) {
      table.row(
          toSeconds(event.path("at").asText("")),
          event.path("event").asText(""),
          first(event, "phase"),
          first(event, "cause", "host"));
    }
    return table;
  }

  /** The first such field of the event, or of what it carries. */
  private static String first(JsonNode event, String... fields) {
    return Stream.of(fields)
        .flatMap(field -> Stream.of(event.path(field), event.path("detail").findPath(field)))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst()
        .orElse("");
  }
}
