package io.selkie.filecoin;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/**
 * The text encodings of a CID that Selkie reads, each with its prefix from the multibase table.
 * Decoding is strict: one byte string has one spelling per base.
 */
enum Multibase {
  BASE16('f', "0123456789abcdef"),
  BASE32('b', "abcdefghijklmnopqrstuvwxyz234567"),
  BASE32_UPPER('B', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
  BASE58BTC('z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

  private static final BigInteger FIFTY_EIGHT = BigInteger.valueOf(58);

  private final char prefix;
  private final String alphabet;

  Multibase(char prefix, String alphabet) {
    this.prefix = prefix;
    this.alphabet = alphabet;
  }

  /**
   * Decodes a text that starts with the prefix of its base.
   *
   * @throws IllegalArgumentException if the prefix is unknown or what follows is not canonical
   */
  static byte[] decodePrefixed(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the text is empty");
    }
    char prefix = text.charAt(0);
    return Lookup.find(
            values(), base -> base.prefix == prefix, () -> "the multibase prefix is unknown")
        .decode(text.substring(1));
  }

  String encodePrefixed(byte[] bytes) {
    return prefix + encode(bytes);
  }

  String encode(byte[] bytes) {
    return this == BASE58BTC ? encodeAsNumber(bytes) : encodeAsBits(bytes);
  }

  /**
   * Decodes a text without a prefix. The caller bounds its length: base58 takes quadratic time.
   *
   * @throws IllegalArgumentException if a character is not of this base, or the text is not what
   *     encoding its bytes gives (bits left over)
   */
  byte[] decode(String text) {
    byte[] bytes = this == BASE58BTC ? decodeAsNumber(text) : decodeAsBits(text);
    if (!encode(bytes).equals(text)) {
      throw new IllegalArgumentException("the " + this + " text ends with stray bits");
    }
    return bytes;
  }

  private int digit(String text, int index) {
    int digit = alphabet.indexOf(text.charAt(index));
    if (digit < 0) {
      throw new IllegalArgumentException(
          "character " + (index + 1) + " of the " + this + " text is not of that base");
    }
    return digit;
  }

  private int bitsPerCharacter() {
    return Integer.numberOfTrailingZeros(alphabet.length());
  }

  private String encodeAsBits(byte[] bytes) {
    int width = bitsPerCharacter();
    StringBuilder text = new StringBuilder();
    int pending = 0;
    int bits = 0;
    for (byte next : bytes) {
      pending = (pending << 8) | (next & 0xff);
      for (bits += 8; bits >= width; bits -= width) {
        text.append(alphabet.charAt((pending >> (bits - width)) & (alphabet.length() - 1)));
      }
      pending &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(alphabet.charAt(pending << (width - bits)));
    }
    return text.toString();
  }

  private byte[] decodeAsBits(String text) {
    int width = bitsPerCharacter();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int pending = 0;
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      pending = (pending << width) | digit(text, i);
      bits += width;
      if (bits >= 8) {
        bits -= 8;
        bytes.write(pending >> bits);
        pending &= (1 << bits) - 1;
      }
    }
    return bytes.toByteArray();
  }

  private String encodeAsNumber(byte[] bytes) {
    StringBuilder reversed = new StringBuilder();
    BigInteger rest = new BigInteger(1, bytes);
    while (rest.signum() > 0) {
      BigInteger[] parts = rest.divideAndRemainder(FIFTY_EIGHT);
      reversed.append(alphabet.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      reversed.append(alphabet.charAt(0));
    }
    return reversed.reverse().toString();
  }

  private byte[] decodeAsNumber(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length() && text.charAt(i) == alphabet.charAt(0); i++) {
      bytes.write(0);
    }
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < text.length(); i++) {
      number = number.multiply(FIFTY_EIGHT).add(BigInteger.valueOf(digit(text, i)));
    }
    byte[] signed = number.toByteArray();
    int signBytes = signed[0] == 0 ? 1 : 0;
    bytes.write(signed, signBytes, signed.length - signBytes);
    return bytes.toByteArray();
  }
}
