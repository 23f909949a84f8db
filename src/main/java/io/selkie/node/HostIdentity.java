package io.selkie.node;

import io.selkie.files.Durable;
import io.selkie.scheduler.HostId;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;

/** Who this host is: chosen once, kept in the state directory, whatever its address becomes. */
final class HostIdentity {
  private static final String FILE = "host-id";
  private static final int RANDOM_BYTES = 4;
  private static final int LONGEST_NAME = 48;

  private HostIdentity() {}

  /**
   * The identity of the node that has this state directory; callers hold its lock.
   *
   * @throws IOException if it can be neither read nor made; one line
   */
  static HostId of(StateDirectory state) throws IOException {
    Path file = state.path().resolve(FILE);
    try {
      return new HostId(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      HostId made = make(hostName());
      Durable.replace(file, (made + "\n").getBytes(StandardCharsets.UTF_8));
      return made;
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** A random part tells apart hosts that were cloned with their names. */
  static HostId make(String hostName) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String name = hostName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
    String legal = name.matches("[a-z0-9].*") ? name : "host";
    String head = legal.substring(0, Math.min(legal.length(), LONGEST_NAME));
    return new HostId(head + "-" + HexFormat.of().formatHex(random));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "host"; // a machine without a name of its own is none the worse
    }
  }
}
