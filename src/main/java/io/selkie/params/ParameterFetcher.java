package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches production parameters from IPFS gateways. A file is in place only as a whole and with the
 * digest of the manifest; what arrived of the others is kept for the next run.
 */
public final class ParameterFetcher {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterFetcher.class);
  private static final long SPACE_MARGIN_BYTES = 16_000_000;

  private final ParameterDirectory directory;
  private final FetchSettings settings;
  private final Clock clock;
  private final Sleeper sleeper;
  private final FreeSpace freeSpace;
  private final ParameterVerifier verifier;
  private final GatewayClient client;

  /** A fetcher into that directory. */
  public ParameterFetcher(
      ParameterManifest manifest, ParameterDirectory directory, FetchSettings settings) {
    this(
        manifest, directory, settings, Clock.systemUTC(), Sleeper.real(), FreeSpace.ofFileSystem());
  }

  ParameterFetcher(
      ParameterManifest manifest,
      ParameterDirectory directory,
      FetchSettings settings,
      Clock clock,
      Sleeper sleeper,
      FreeSpace freeSpace) {
    this.directory = directory;
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    this.freeSpace = freeSpace;
    this.verifier = new ParameterVerifier(manifest, directory, clock);
    this.client = new GatewayClient(settings);
  }

  /**
   * Fetches the files that are missing or corrupt in those sets; sets that are good, local ones
   * too, are left alone. Waits while another run works in the directory.
   *
   * @throws ParameterException if local files are in the way, the disk is too small, or no gateway
   *     has a file; the line names each gateway with its reason
   */
  public FetchResult fetch(SectorSize size, Set<ParameterSet> sets, ParameterListener listener)
      throws IOException, InterruptedException {
    ParameterReport before = check(size, sets, listener);
    if (before.usable()) {
      return new FetchResult(List.of(), before);
    }
    directory.create();
    ParameterLock lock = ParameterLock.acquire(directory, "fetch parameters for " + size, listener);
    try (lock) {
      List<ParameterFile> files = filesToFetch(check(size, sets, listener));
      announce(files, listener);
      for (int i = 0; i < files.size(); i++) {
        String place = " (" + (i + 1) + " of " + files.size() + ")";
        fetch(files.get(i), place, listener);
      }
      ParameterReport after = check(size, sets, listener);
      after.requireUsable();
      return new FetchResult(files, after);
    }
  }

  private ParameterReport check(SectorSize size, Set<ParameterSet> sets, ParameterListener listener)
      throws IOException {
    return verifier.verify(size, sets, ParameterVerifier.Depth.QUICK, listener);
  }

  private static List<ParameterFile> filesToFetch(ParameterReport report)
      throws ParameterException {
    List<ParameterFile> files = new ArrayList<>();
    for (SetCheck set : report.unusable()) {
      for (FileCheck check : set.files()) {
        switch (check.status()) {
          case PRODUCTION -> LOG.debug("{} is there", check.file().name());
          case MISSING, CORRUPT -> files.add(check.file());
          case LOCAL ->
              throw new ParameterException(
                  "will not overwrite the local "
                      + check.file().name()
                      + ": move it away to fetch "
                      + set.set());
          case UNREADABLE -> throw new ParameterException(set.line());
        }
      }
    }
    return files;
  }

  /** Says how much there is to fetch, and refuses if the disk is too small for it. */
  private void announce(List<ParameterFile> files, ParameterListener listener)
      throws IOException, InterruptedException {
    OptionalLong total = totalBytes(files);
    if (total.isPresent()) {
      long missing = total.getAsLong();
      for (ParameterFile file : files) {
        Path part = PartFile.pathOf(directory, file);
        missing -= Files.exists(part) ? Files.size(part) : 0;
      }
      freeSpace.require(directory.path(), missing + SPACE_MARGIN_BYTES, "fetching parameters");
    }
    String size = total.isPresent() ? ", " + FreeSpace.megabytes(total.getAsLong()) : "";
    listener.message("fetching " + files.size() + " files" + size + " into " + directory);
  }

  /** What the first gateway says about the files; empty if it does not say it of all. */
  private OptionalLong totalBytes(List<ParameterFile> files) throws InterruptedException {
    long total = 0;
    for (ParameterFile file : files) {
      URI uri = settings.gateways().get(0).uri(file.cid());
      try {
        OptionalLong bytes = client.length(uri);
        if (bytes.isEmpty() || bytes.getAsLong() > settings.maxFileBytes()) {
          return OptionalLong.empty();
        }
        total += bytes.getAsLong();
      } catch (IOException e) {
        LOG.info("{} does not tell its size: {}", uri, e.toString());
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(total);
  }

  private void fetch(ParameterFile file, String place, ParameterListener listener)
      throws IOException, InterruptedException {
    List<String> reasons = new ArrayList<>();
    try (PartFile part = PartFile.open(directory, file)) {
      GatewayRequest request =
          new GatewayRequest(settings, client, clock, file, part, this::requireRoom, listener);
      GatewayDownload download = new GatewayDownload(settings, sleeper, file, part, listener);
      for (Gateway gateway : settings.gateways()) {
        String title = "fetch " + file.name() + place;
        Optional<String> failure = download.run(request, gateway.uri(file.cid()), title);
        if (failure.isEmpty()) {
          install(file, part);
          return;
        }
        listener.message(file.name() + " not from " + gateway + ": " + failure.get());
        reasons.add(gateway + ": " + failure.get());
      }
      String kept =
          part.length() > 0 ? "; what arrived is kept, the same command goes on from there" : "";
      throw new ParameterException(
          "cannot fetch " + file.name() + ": " + String.join("; ", reasons) + kept);
    }
  }

  private void requireRoom(long bytes) throws IOException {
    freeSpace.require(directory.path(), bytes + SPACE_MARGIN_BYTES, "the file");
  }

  private void install(ParameterFile file, PartFile part) throws IOException {
    Path target = directory.file(file.name());
    part.renameTo(target);
    VerifiedStamps stamps = VerifiedStamps.read(directory);
    stamps.put(file.name(), FileIdentity.of(target), file.digest());
    stamps.save();
  }
}
