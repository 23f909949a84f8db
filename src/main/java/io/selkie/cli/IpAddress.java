package io.selkie.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IP addresses as literals: no name is ever looked up. */
final class IpAddress {
  private static final Pattern V4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

  private IpAddress() {}

  static boolean isOne(String text) {
    if (V4.matcher(text).matches()) {
      return true;
    }
    try {
      // With a colon it can only be a literal, which is parsed and not looked up.
      return V6.matcher(text).matches() && InetAddress.getByName(text).getAddress().length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
