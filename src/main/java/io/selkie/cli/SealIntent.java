package io.selkie.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.storage.ReplacedFile;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a seal under way is about, on disk from before its first byte until it ends, so that the
 * same command goes on with it after a crash.
 *
 * @param sources path, length and time of change of each file
 */
record SealIntent(
    SectorId sector, SealProofType proofType, List<String> sources, Ticket ticket, Seed seed) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final String SUFFIX = ".intent.json";
  private static final Pattern SECTOR_FILE = Pattern.compile("(s-t0[0-9]+-[0-9]+)([.-].*)?");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Nothing may be missing. */
  SealIntent {
    if (sector == null || proofType == null || sources == null || ticket == null || seed == null) {
      throw new IllegalArgumentException("not a whole intent");
    }
    sources = List.copyOf(sources);
  }

  /** The interrupted seal of the same request, else a new one under the next free number. */
  static SealIntent resumeOrBegin(SealRequest request) throws IOException {
    for (SealIntent intent : interrupted(request.repo())) {
      if (intent.isOf(request)) {
        return intent;
      }
    }
    SealIntent intent =
        new SealIntent(
            new SectorId(request.miner(), nextNumber(request)),
            request.proofType(),
            describe(request),
            request.ticket().orElseGet(() -> Ticket.ofHex(random())),
            request.seed().orElseGet(() -> Seed.ofHex(random())));
    intent.files(request.repo()).createDirectories();
    ReplacedFile.write(intent.file(request.repo()), JSON.writeValueAsBytes(intent));
    return intent;
  }

  private boolean isOf(SealRequest request) {
    return sources.equals(describe(request))
        && proofType == request.proofType()
        && sector.miner().equals(request.miner())
        && request.ticket().map(ticket::equals).orElse(true)
        && request.seed().map(seed::equals).orElse(true);
  }

  private static List<String> describe(SealRequest request) {
    return request.sources().stream()
        .map(source -> source.length() + " " + source.changed() + " " + source.file())
        .toList();
  }

  SectorFiles files(Path repo) {
    return new SectorFiles(repo, sector);
  }

  /** The seal is over: nothing is left to go on with. */
  void end(Path repo) throws IOException {
    Files.deleteIfExists(file(repo));
  }

  /** Whether an earlier attempt got as far as writing data. */
  boolean begunBefore(Path repo) {
    return Files.exists(files(repo).manifest());
  }

  private Path file(Path repo) {
    return files(repo).scratch().resolve(sector + SUFFIX);
  }

  private static List<SealIntent> interrupted(Path repo) throws IOException {
    List<SealIntent> found = new ArrayList<>();
    for (Path file : filesIn(repo.resolve("selkie"))) {
      if (file.toString().endsWith(SUFFIX)) {
        read(file).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<SealIntent> read(Path file) throws IOException {
    try {
      return Optional.ofNullable(JSON.readValue(Files.readAllBytes(file), SealIntent.class));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // damaged, or of another version: nothing to go on with
    }
  }

  /** One more than the largest number the miner has here. */
  private static long nextNumber(SealRequest request) throws IOException {
    long next = 1;
    for (String kind : List.of("unsealed", "sealed", "cache", "selkie")) {
      for (Path file : filesIn(request.repo().resolve(kind))) {
        Optional<SectorId> sector = sectorOf(file);
        if (sector.isPresent() && sector.get().miner().equals(request.miner())) {
          next = Math.max(next, sector.get().number() + 1);
        }
      }
    }
    return next;
  }

  private static Optional<SectorId> sectorOf(Path file) {
    Matcher name = SECTOR_FILE.matcher(String.valueOf(file.getFileName()));
    try {
      return name.matches() ? Optional.of(SectorId.parse(name.group(1))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // such as s-t01000-007, which is no sector's
    }
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
