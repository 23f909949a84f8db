package io.selkie.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which device each prover works on, one file each. A lease that cannot be written costs nobody a
 * proof: after a restart its prover still counts, but perhaps on another device. No disk is waited
 * for, since no prover outlives its host.
 *
 * @param directory of the node's own
 */
public record LeaseFiles(Path directory) {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseFiles.class);

  void write(String holder, String device) {
    try {
      Files.createDirectories(directory);
      Path temporary = file(holder + ".tmp");
      Files.writeString(temporary, device);
      Files.move(temporary, file(holder), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("cannot write down that {} has {}: {}", holder, device, e.toString());
    }
  }

  Optional<String> read(String holder) {
    try {
      return Optional.of(Files.readString(file(holder)).strip()).filter(id -> !id.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("cannot read which device {} has: {}", holder, e.toString());
      return Optional.empty();
    }
  }

  void remove(String holder) {
    try {
      Files.deleteIfExists(file(holder));
    } catch (IOException e) {
      LOG.warn("cannot remove the lease of {}: {}", holder, e.toString());
    }
  }

  private Path file(String holder) {
    return directory.resolve(holder);
  }
}
