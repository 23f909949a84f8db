package io.selkie.params;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The directory in which the parameters lie. Lotus and the proofs library use the same one.
 *
 * @param path absolute path; the directory may not exist yet
 */
public record ParameterDirectory(Path path) {
  /** The environment variable that names the directory (storage-proofs-core 19.1.0). */
  public static final String VARIABLE = "FIL_PROOFS_PARAMETER_CACHE";

  private static final String DEFAULT = "/var/tmp/filecoin-proof-parameters";

  /** Makes the path absolute. */
  public ParameterDirectory {
    path = path.toAbsolutePath().normalize();
  }

  /** {@value #VARIABLE} if it is set and not empty, else {@code {@value #DEFAULT}}. */
  public static ParameterDirectory fromEnvironment(Map<String, String> environment) {
    String value = environment.getOrDefault(VARIABLE, "");
    return new ParameterDirectory(Path.of(value.isEmpty() ? DEFAULT : value));
  }

  /** The place of a file of that name. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** Makes the directory and those above it, if need be. */
  public void create() throws IOException {
    try {
      Files.createDirectories(path);
    } catch (FileAlreadyExistsException e) {
      throw new ParameterException(e.getFile() + " is in the way: not a directory", e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
