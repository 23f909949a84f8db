package io.selkie.filecoin;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The address of an HTTP service as a multiaddr names it, such as {@code
 * /ip4/127.0.0.1/tcp/2345/http}. Of what a multiaddr may say, only this is kept.
 *
 * @param host a name or an IP address, IPv6 without brackets
 * @param port 1 to 65535
 * @param secure whether it is spoken to by TLS
 */
public record Multiaddr(String host, int port, boolean secure) {
  private static final Set<String> HOSTS = Set.of("ip4", "ip6", "dns", "dns4", "dns6", "dnsaddr");
  private static final Set<String> PLAIN = Set.of("http", "ws");
  private static final Set<String> SECURE = Set.of("https", "wss", "tls");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,253}");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is not host, TCP port and perhaps http, ws, https, wss
   *     or tls; one line
   */
  public static Multiaddr parse(String text) {
    List<String> parts = List.of(text.strip().split("/", -1));
    boolean shaped =
        parts.size() >= 5
            && parts.get(0).isEmpty()
            && HOSTS.contains(parts.get(1))
            && HOST.matcher(parts.get(2)).matches()
            && parts.get(3).equals("tcp")
            && NUMBER.matcher(parts.get(4)).matches()
            && Integer.parseInt(parts.get(4)) <= MAX_PORT;
    if (!shaped) {
      throw wrong(text);
    }
    List<String> protocols = parts.subList(5, parts.size());
    if (!protocols.stream().allMatch(name -> PLAIN.contains(name) || SECURE.contains(name))) {
      throw wrong(text);
    }
    return new Multiaddr(
        parts.get(2),
        Integer.parseInt(parts.get(4)),
        protocols.stream().anyMatch(SECURE::contains));
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        Quoted.quoted(text) + " is not an address such as /ip4/127.0.0.1/tcp/2345/http");
  }
}
