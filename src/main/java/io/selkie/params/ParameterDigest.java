package io.selkie.params;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * Digest of a parameter file: the first 16 bytes of its blake2b-512, as in the manifest of
 * storage-proofs-core 19.1.0.
 *
 * @param hex 32 lower-case hexadecimal digits
 */
public record ParameterDigest(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");
  private static final int DIGEST_BYTES = 16;
  private static final int BUFFER_BYTES = 1 << 20;

  /** Refuses anything but 32 lower-case hexadecimal digits. */
  public ParameterDigest {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a parameter digest: '" + hex + "'");
    }
  }

  /**
   * Reads the whole file, about 1 GB in 5 s.
   *
   * @param bytesRead told now and then how many bytes are read so far
   */
  public static ParameterDigest ofFile(Path file, LongConsumer bytesRead) throws IOException {
    Blake2bDigest blake = new Blake2bDigest(512);
    byte[] buffer = new byte[BUFFER_BYTES];
    long total = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        blake.update(buffer, 0, read);
        total += read;
        bytesRead.accept(total);
      }
    }
    byte[] whole = new byte[blake.getDigestSize()];
    blake.doFinal(whole, 0);
    return new ParameterDigest(HexFormat.of().formatHex(whole, 0, DIGEST_BYTES));
  }

  @Override
  public String toString() {
    return hex;
  }
}
