package io.selkie.transfer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a node keeps of its transfers, in its state directory: a file for each attempt that a sector
 * gave it, and what an operator holds. Calls block.
 */
public final class TransferFiles {
  private static final String SUFFIX = ".json";

  private final Path directory;
  private final Path held;

  /** Below the state directory. */
  public TransferFiles(Path state) {
    this.directory = state.resolve("transfers");
    this.held = state.resolve("transfers-paused.json");
  }

  /** An attempt that this node has. */
  record Mark(long startedAtMillis) {}

  /**
   * What is held.
   *
   * @param all whether every transfer is
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Held(boolean all, Set<String> sectors) {
    /** The set is copied. */
    Held {
      sectors = sectors == null ? Set.of() : Set.copyOf(sectors);
    }

    boolean holds(SectorId sector) {
      return all || sectors.contains(sector.toString());
    }

    /** With one sector more, or all. */
    Held and(Optional<SectorId> sector) {
      if (sector.isEmpty()) {
        return new Held(true, sectors);
      }
      Set<String> more = new TreeSet<>(sectors);
      more.add(sector.get().toString());
      return new Held(all, more);
    }

    /** Without the sector, or nothing at all. */
    Held without(Optional<SectorId> sector) {
      if (sector.isEmpty()) {
        return new Held(false, Set.of());
      }
      Set<String> fewer = new TreeSet<>(sectors);
      fewer.remove(sector.get().toString());
      return new Held(all, fewer);
    }
  }

  /** Attempts that the node had when it was last alive, or has. */
  public Set<TaskId.Attempt> present() throws IOException {
    Set<TaskId.Attempt> attempts = new LinkedHashSet<>();
    for (Path file : list()) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(SUFFIX)) {
        attempts.add(TaskId.Attempt.parse(name.substring(0, name.length() - SUFFIX.length())));
      }
    }
    return attempts;
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Keeps the attempt durably; gives when it began. */
  Instant keep(TaskId.Attempt attempt, Instant now) throws IOException {
    Files.createDirectories(directory);
    Path file = file(attempt);
    Optional<Mark> known = TransferJson.read(file, Mark.class);
    if (known.isEmpty()) {
      TransferJson.write(file, new Mark(now.toEpochMilli()));
    }
    return Instant.ofEpochMilli(known.map(Mark::startedAtMillis).orElse(now.toEpochMilli()));
  }

  /** Forgets the attempt. */
  public void remove(TaskId.Attempt attempt) throws IOException {
    Files.deleteIfExists(file(attempt));
  }

  private Path file(TaskId.Attempt attempt) {
    return directory.resolve(attempt + SUFFIX);
  }

  Held held() throws IOException {
    return TransferJson.read(held, Held.class).orElse(new Held(false, Set.of()));
  }

  void hold(Held now) throws IOException {
    TransferJson.write(held, now);
  }
}
