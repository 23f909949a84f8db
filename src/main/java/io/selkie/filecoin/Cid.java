package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A content identifier of the multiformats CID spec, version 0 or 1. Reading is strict, because
 * CIDs come from strangers: one CID has one binary form, and one text per base. In JSON it is
 * {@code {"/":"<text>"}}, as in Lotus.
 *
 * @param version 0 or 1
 * @param codec multicodec code of the content
 * @param multihashCode multicodec code of the hash function
 * @param digest what the hash function gave, at most 128 bytes; its length is not checked against
 *     the hash function, as multihash allows truncated digests
 */
public record Cid(int version, long codec, long multihashCode, Bytes digest) {
  private static final long DAG_PB = 0x70;
  private static final long SHA2_256 = 0x12;
  private static final int SHA2_256_SIZE = 32;
  private static final int V0_SIZE = 34;
  private static final String V0_PREFIX = "Qm";
  private static final int MAX_DIGEST_SIZE = 128;
  private static final int MAX_SIZE = 1 + 2 * Varint.MAX_BYTES + 2 + MAX_DIGEST_SIZE;
  private static final int MAX_TEXT_LENGTH = 1 + 2 * MAX_SIZE;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the version is unknown, a code is negative, the digest is
   *     too long, or a version 0 is not dag-pb under sha2-256
   */
  public Cid {
    if (version != 0 && version != 1) {
      throw new IllegalArgumentException("CID version " + version + " is not supported");
    }
    if (codec < 0 || multihashCode < 0) {
      throw new IllegalArgumentException("a CID's codes must not be negative");
    }
    if (digest.size() > MAX_DIGEST_SIZE) {
      throw new IllegalArgumentException("a CID's digest is longer than 128 bytes");
    }
    boolean plain = codec == DAG_PB && multihashCode == SHA2_256 && digest.size() == SHA2_256_SIZE;
    if (version == 0 && !plain) {
      throw new IllegalArgumentException("a CIDv0 must be dag-pb with a 32-byte sha2-256 digest");
    }
  }

  /** A version 1 CID of these parts. */
  public static Cid v1(long codec, long multihashCode, Bytes digest) {
    return new Cid(1, codec, multihashCode, digest);
  }

  /**
   * Parses a CIDv0 ({@code Qm...}) or a CIDv1 in base32 ({@code b}, {@code B}), base58btc ({@code
   * z}) or base16 ({@code f}).
   *
   * @throws IllegalArgumentException if the text is not the canonical spelling of a CID in its base
   */
  public static Cid parse(String text) {
    try {
      return parseStrictly(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a CID: " + Quoted.quoted(text) + ": " + e.getMessage(), e);
    }
  }

  private static Cid parseStrictly(String text) {
    if (text.length() > MAX_TEXT_LENGTH) {
      throw new IllegalArgumentException("longer than " + MAX_TEXT_LENGTH + " characters");
    }
    boolean v0 = text.startsWith(V0_PREFIX);
    Cid cid = ofBytes(v0 ? Multibase.BASE58BTC.decode(text) : Multibase.decodePrefixed(text));
    if (v0 != (cid.version == 0)) {
      throw new IllegalArgumentException("only a CIDv0 is, and must be, written without a prefix");
    }
    return cid;
  }

  /**
   * Reads the binary form, all of it.
   *
   * @throws IllegalArgumentException if the bytes are not the canonical form of one CID
   */
  public static Cid ofBytes(byte[] bytes) {
    if (bytes.length > MAX_SIZE) {
      throw new IllegalArgumentException("the CID is longer than " + MAX_SIZE + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length == V0_SIZE && bytes[0] == SHA2_256 && bytes[1] == SHA2_256_SIZE) {
      in.position(2);
      return new Cid(0, DAG_PB, SHA2_256, rest(in));
    }
    long version = Varint.read(in);
    if (version != 1) {
      throw new IllegalArgumentException("CID version " + version + " is not supported");
    }
    long codec = Varint.read(in);
    long multihashCode = Varint.read(in);
    long size = Varint.read(in);
    if (size != in.remaining()) {
      throw new IllegalArgumentException(
          "the CID announces " + size + " digest bytes but holds " + in.remaining());
    }
    return v1(codec, multihashCode, rest(in));
  }

  private static Bytes rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return Bytes.of(rest);
  }

  /** The binary form. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (version == 1) {
      Varint.write(version, out);
      Varint.write(codec, out);
    }
    Varint.write(multihashCode, out);
    Varint.write(digest.size(), out);
    out.writeBytes(digest.toByteArray());
    return out.toByteArray();
  }

  /** The usual text: lower case base32 of version 1, base58btc of version 0. */
  @Override
  public String toString() {
    return version == 0
        ? Multibase.BASE58BTC.encode(toBytes())
        : Multibase.BASE32.encodePrefixed(toBytes());
  }

  @JsonCreator
  static Cid ofJson(@JsonProperty(value = "/", required = true) String text) {
    return parse(text);
  }

  @JsonValue
  Map<String, String> toJson() {
    return Map.of("/", toString());
  }
}
