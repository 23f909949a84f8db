package io.selkie.lotus;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something listens.
 *
 * @param host a name or an IP address, IPv6 without brackets
 * @param port 0 to 65535; 0: any free one
 */
public record HostPort(String host, int port) {
  /** The port of Lotus's workers. */
  public static final int WORKER_PORT = 3456;

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code HOST:PORT}, {@code [IPv6]:PORT}, or a host alone, which has {@link #WORKER_PORT}.
   *
   * @throws IllegalArgumentException if it is none of these; one line
   */
  public static HostPort parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int port = form.group(3) == null ? WORKER_PORT : Integer.parseInt(form.group(3));
      if (port <= MAX_PORT) {
        return new HostPort(form.group(1) == null ? form.group(2) : form.group(1), port);
      }
    }
    throw new IllegalArgumentException(
        "'" + text.replaceAll("\\p{Cntrl}", "?") + "' is not an address such as 10.0.0.5:3456");
  }

  /** Whether it stands for all addresses of a host, and so is none that others can call. */
  boolean isAny() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /** Address literals of version 6 stand in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
