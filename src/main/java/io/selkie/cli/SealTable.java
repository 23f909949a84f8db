package io.selkie.cli;

import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import java.util.Locale;

/** The end of {@code selkie seal}, for people. */
final class SealTable {
  private SealTable() {}

  static String of(SealRecord record) {
    StringBuilder table = new StringBuilder();
    row(table, "sector", record.sector() + " (" + record.proofType() + ")");
    record
        .phases()
        .forEach(
            phase ->
                row(
                    table,
                    phase.phase(),
                    String.format(Locale.ROOT, "%.3f s", phase.millis() / 1000.0)));
    for (SectorManifest.Piece piece : record.pieces()) {
      piece
          .name()
          .ifPresent(
              name ->
                  row(
                      table,
                      "piece",
                      piece.commP().cid()
                          + "  "
                          + piece.bytes()
                          + " bytes of "
                          + CommandTask.oneLine(name)));
    }
    record.commD().ifPresent(commD -> row(table, "commD", commD.cid().toString()));
    record.commR().ifPresent(commR -> row(table, "commR", commR.cid().toString()));
    record.ticket().ifPresent(ticket -> row(table, "ticket", ticket.toString()));
    record.seed().ifPresent(seed -> row(table, "seed", seed.toString()));
    record
        .verified()
        .ifPresent(verified -> row(table, "proof", verified ? "verified" : "DOES NOT VERIFY"));
    return table.toString().stripTrailing();
  }

  private static void row(StringBuilder table, String name, String value) {
    table.append(String.format(Locale.ROOT, "%-12s %s%n", name, value));
  }
}
