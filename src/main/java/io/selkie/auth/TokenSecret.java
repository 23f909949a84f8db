package io.selkie.auth;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that signs tokens: 32 random bytes, of a host in a file that only its owner can read, of
 * a farm in its database. Whoever has it can make any token; removing it makes all tokens void at
 * the next start.
 */
public final class TokenSecret {
  /** The name of the file in the state directory. */
  public static final String NAME = "jwt-secret";

  private static final int SIZE = 32;
  private static final String HMAC = "HmacSHA256";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final byte[] key;

  private TokenSecret(byte[] key) {
    this.key = key;
  }

  /**
   * The secret of a state directory, made when there is none. Processes that ask at the same time
   * get the same one, and a crash leaves none or a whole one.
   *
   * @param state an existing directory
   * @throws IOException if the file is not a secret, or others can read it; one line
   */
  public static TokenSecret in(Path state) throws IOException {
    Path file = state.resolve(NAME);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      make(file);
      Durable.syncDirectory(state);
    }
    return read(file);
  }

  /**
   * The secret in a file that is there.
   *
   * @throws IOException if the file is not a secret, or others can read it; one line
   */
  public static TokenSecret at(Path file) throws IOException {
    return read(file);
  }

  /**
   * A secret that is kept elsewhere.
   *
   * @throws IllegalArgumentException if it has not 32 bytes
   */
  public static TokenSecret of(byte[] key) {
    if (key.length != SIZE) {
      throw new IllegalArgumentException("a secret has " + SIZE + " bytes, not " + key.length);
    }
    return new TokenSecret(key.clone());
  }

  /**
   * A secret for one purpose alone: what is signed with it counts nowhere else, and nobody learns
   * this one from it.
   */
  TokenSecret derive(String purpose) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return new TokenSecret(mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] random = new byte[SIZE];
    new SecureRandom().nextBytes(random);
    Path temporary = file.resolveSibling(NAME + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OWNER_ONLY)) {
        ByteBuffer content = ByteBuffer.wrap(random);
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      // A link, other than a rename, never replaces the secret of another process.
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process was first; its secret counts.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static TokenSecret read(Path file) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new IOException(file + " is not a regular file: remove it, and void all tokens");
    }
    if (!OWNERS.containsAll(attributes.permissions())) {
      throw new IOException(
          file
              + " can be read or written by others: run chmod 600 on it if nobody did, else remove"
              + " it, which makes all tokens void");
    }
    if (attributes.size() != SIZE) {
      throw new IOException(
          file
              + " has "
              + attributes.size()
              + " bytes instead of "
              + SIZE
              + ": remove it, which makes all tokens void");
    }
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer content = ByteBuffer.allocate(SIZE);
      while (content.hasRemaining() && channel.read(content) >= 0) {
        // until it is full
      }
      if (content.hasRemaining()) {
        throw new IOException(file + " shrank while it was read: try again");
      }
      return new TokenSecret(content.array());
    }
  }

  /** The bytes, for the signer and the verifier alone. */
  byte[] key() {
    return key.clone();
  }

  /** Nothing of the secret. */
  @Override
  public String toString() {
    return "TokenSecret";
  }
}
