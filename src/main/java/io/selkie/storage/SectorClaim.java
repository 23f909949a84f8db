package io.selkie.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who writes a sector, in a file beside its manifest. It is made exclusively before the first write
 * and leaves with the sector's last file, so of several hosts that share a directory one has it.
 *
 * @param holder identity of the host, which survives its restarts
 * @param generation of the sector's files, from 1
 */
public record SectorClaim(String holder, int generation) {
  private static final String EXPECTED = "a claim on a sector";
  private static final int VERSION = 1;
  private static final int RACES = 100;
  private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /**
   * Reads a claim.
   *
   * @return empty if there is none
   * @throws IOException if it is none; one line. Then nobody may write the sector.
   */
  public static Optional<SectorClaim> read(Path file) throws IOException {
    try {
      CheckedJson json = CheckedJson.read(file, EXPECTED);
      long version = json.number("version");
      if (version != VERSION) {
        throw json.wrong("version", "this program knows " + VERSION);
      }
      String holder = json.text("holder");
      if (!HOLDER.matcher(holder).matches()) {
        throw json.wrong("holder", "use the identity of a host");
      }
      long generation = json.number("generation");
      if (generation > Integer.MAX_VALUE) {
        throw json.wrong("generation", "use a number of generations");
      }
      return Optional.of(new SectorClaim(holder, (int) generation));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Takes the claim, or keeps it where the same host has it.
   *
   * @throws ForeignClaimException if another host has it
   */
  void take(Path file, SectorId sector) throws IOException {
    for (int race = 0; race < RACES; race++) {
      if (ExclusiveFile.create(file, bytes(file))) {
        return;
      }
      Optional<SectorClaim> known = read(file);
      if (known.isPresent()) {
        renew(file, sector, known.get());
        return;
      }
      // Its holder removed the sector just now.
    }
    throw new IOException(Shown.shown(file) + " comes and goes: try again");
  }

  private void renew(Path file, SectorId sector, SectorClaim known) throws IOException {
    if (!known.holder().equals(holder)) {
      throw new ForeignClaimException(sector, known);
    }
    if (known.generation() < generation) {
      ReplacedFile.write(file, bytes(file));
    }
  }

  private byte[] bytes(Path file) throws IOException {
    ObjectNode json = CheckedJson.empty(file).copy();
    json.put("version", VERSION);
    json.put("holder", holder);
    json.put("generation", generation);
    return CheckedJson.bytes(json);
  }
}
