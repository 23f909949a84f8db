package io.selkie.storage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a journal knows of a sector's replica, by which it is told from the replica of another
 * sector with the same number: each node, and each Lotus miner, counts from 1.
 *
 * @param ticket the replica is made with, once it is drawn
 * @param commR the commitment to the replica, once it is made
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record OwnReplica(Optional<Ticket> ticket, Optional<CommR> commR) {
  /** Of a sector that nothing is known of but its number. */
  public static final OwnReplica UNKNOWN = new OwnReplica(Optional.empty(), Optional.empty());

  /** What a manifest says of its replica. */
  static OwnReplica of(SectorManifest manifest) {
    return new OwnReplica(
        manifest
            .preCommit2()
            .map(SectorManifest.PreCommit2::ticket)
            .or(() -> manifest.preCommit1().map(SectorManifest.PreCommit1::ticket)),
        manifest.replica().flatMap(SectorManifest.PreCommit2::commR));
  }

  @JsonIgnore
  boolean isUnknown() {
    return ticket.isEmpty() && commR.isEmpty();
  }

  /**
   * Why what a storage path has of the number must be left to others; empty if it is this sector's.
   *
   * @param ours whether this host is known to write the sector below this path
   */
  Optional<String> foreign(Path root, SectorId sector, boolean ours) throws IOException {
    Path file = new SectorFiles(root, sector).manifest();
    Optional<SectorManifest> manifest;
    try {
      manifest = SectorManifest.read(file);
    } catch (IOException e) {
      if (ours) {
        return Optional.empty();
      }
      throw e;
    }
    if (manifest.isEmpty()) {
      return ours ? Optional.empty() : unrecorded(root, sector);
    }
    OwnReplica found = of(manifest.get());
    boolean otherTicket = differ(ticket, found.ticket);
    boolean otherReplica = differ(commR, found.commR);
    if (ours) {
      // Labels of a ticket that grew too old are this sector's, too, and so is their replica.
      return otherTicket && otherReplica ? another(file) : Optional.empty();
    }
    if (found.commR.isPresent() && commR.isPresent()) {
      return otherReplica ? another(file) : Optional.empty();
    }
    boolean same = found.ticket.isPresent() && found.ticket.equals(ticket);
    return same ? Optional.empty() : another(file);
  }

  private static <T> boolean differ(Optional<T> known, Optional<T> found) {
    return known.isPresent() && found.isPresent() && !known.equals(found);
  }

  private static Optional<String> another(Path manifest) {
    return Optional.of(Shown.shown(manifest) + " is the record of another replica");
  }

  /** An unsealed file can be made again out of its replica; all else may be the only one. */
  private static Optional<String> unrecorded(Path root, SectorId sector) {
    SectorFiles files = new SectorFiles(root, sector);
    return Stream.of(
            files.sealed(),
            files.cache(),
            files.of(FileType.UPDATE),
            files.of(FileType.UPDATE_CACHE),
            files.receipt())
        .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
        .findFirst()
        .map(file -> Shown.shown(file) + " has no record that it is this sector's");
  }
}
