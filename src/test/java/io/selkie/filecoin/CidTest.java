package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  private static final String V0 = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
  private static final String V1 = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
  private static final String V1_HEX =
      "0170122059948439065f29619ef41280cbb932be52c56d99c5966b65e0111239f098bbef";

  @Test
  void agreesWithTheVectorsOfGoCid() throws IOException {
    JsonNode vectors;
    try (InputStream in = CidTest.class.getResourceAsStream("/vectors/cids.json")) {
      vectors = new ObjectMapper().readTree(in);
    }
    assertFalse(vectors.isEmpty());
    for (JsonNode vector : vectors) {
      String name = vector.get("name").asText();
      String text = vector.get("text").asText();
      byte[] bytes = HexFormat.of().parseHex(vector.get("bytes_hex").asText());

      assertArrayEquals(bytes, Cid.parse(text).toBytes(), name);
      assertEquals(text, Cid.ofBytes(bytes).toString(), name);
      assertEquals(Cid.parse(text), Cid.ofBytes(bytes), name);
    }
  }

  @Test
  void readsAndWritesVersionZero() {
    Cid cid = Cid.parse(V0);

    assertEquals(0, cid.version());
    assertEquals(0x70, cid.codec());
    assertEquals(0x12, cid.multihashCode());
    assertEquals(V0, cid.toString());
    assertEquals(cid, Cid.ofBytes(cid.toBytes()));
    assertEquals(V1, Cid.v1(cid.codec(), cid.multihashCode(), cid.digest()).toString());
  }

  @Test
  void readsEveryBaseOfVersionOne() {
    Cid cid = Cid.parse(V1);

    assertEquals(cid, Cid.parse("f" + V1_HEX));
    assertEquals(cid, Cid.parse("B" + V1.substring(1).toUpperCase(Locale.ROOT)));
    assertEquals(
        "bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su",
        Cid.parse("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA").toString());
  }

  @Property
  void everyCidSurvivesItsBytesAndItsText(
      @ForAll @LongRange(min = 0) long codec,
      @ForAll @LongRange(min = 0) long multihashCode,
      @ForAll @Size(max = 128) byte[] digest) {
    Cid cid = Cid.v1(codec, multihashCode, Bytes.of(digest));

    assertEquals(cid, Cid.ofBytes(cid.toBytes()));
    for (Multibase base : Multibase.values()) {
      assertEquals(cid, Cid.parse(base.encodePrefixed(cid.toBytes())), base.name());
    }
  }

  @Property
  void everyVersionZeroSurvivesItsBytesAndItsText(@ForAll @Size(32) byte[] digest) {
    Cid cid = new Cid(0, 0x70, 0x12, Bytes.of(digest));

    assertEquals(cid, Cid.ofBytes(cid.toBytes()));
    assertEquals(cid, Cid.parse(cid.toString()));
  }

  @Property
  void acceptedBytesAreCanonical(@ForAll @Size(max = 40) byte[] bytes) {
    try {
      assertArrayEquals(bytes, Cid.ofBytes(bytes).toBytes());
    } catch (IllegalArgumentException refused) {
      assertTrue(refused.getMessage().length() > 5);
    }
  }

  @Property
  void refusesNoiseWithAReason(@ForAll @StringLength(max = 400) String text) {
    for (String prefix : List.of("", "b", "z", "f", "B", "Qm", "bafy")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> Cid.parse(prefix + text)).getMessage();
      assertTrue(message.startsWith("not a CID: \""), message);
      assertTrue(message.chars().allMatch(c -> c >= ' ' && c <= '~'), message);
      assertTrue(message.length() < 250, message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'',a varint ends early",
    "01,a varint ends early",
    "0170ff,a varint ends early",
    "8100701201aa,not in its shortest form",
    "01f0001201aa,not in its shortest form",
    "0170128100aa,not in its shortest form",
    "01808080808080808080011201aa,longer than 9 bytes",
    "01701202aa,announces 2 digest bytes but holds 1",
    "01701201aabb,announces 1 digest bytes but holds 2",
    "017012ffffffffffffffff7faa,announces 9223372036854775807 digest bytes but holds 1",
    "02701201aa,version 2 is not supported",
    "00701201aa,version 0 is not supported",
    "1220aa,version 18 is not supported",
  })
  void refusesMalformedBytes(String hex, String reason) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    String message =
        assertThrows(IllegalArgumentException.class, () -> Cid.ofBytes(bytes)).getMessage();

    assertTrue(message.endsWith(reason), message);
  }

  @Test
  void refusesADigestAbove128Bytes() {
    Cid longest = Cid.v1(Long.MAX_VALUE, Long.MAX_VALUE, Bytes.of(new byte[128]));

    assertEquals(longest, Cid.parse(longest.toString()));
    assertThrows(IllegalArgumentException.class, () -> Cid.v1(0x55, 0, Bytes.of(new byte[129])));
    assertThrows(IllegalArgumentException.class, () -> Cid.ofBytes(new byte[1 << 20]));
    assertThrows(IllegalArgumentException.class, () -> Cid.parse("z" + "2".repeat(10_000_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "f",
        "z",
        "Qm",
        " " + V1,
        V1 + " ",
        V1 + "=",
        V1 + "a",
        "BAFYBEICZSSCDSBS7FFQZ55ASQDF3SMV6KLCW3GOFSZVWLYARCI47BGF35",
        "bAFYBEICZSSCDSBS7FFQZ55ASQDF3SMV6KLCW3GOFSZVWLYARCI47BGF354",
        "fF170122059948439065f29619ef41280cbb932be52c56d99c5966b65e0111239f098bbef",
        "f" + V1_HEX + "0",
        "F" + V1_HEX,
        "f" + V1_HEX + "00",
        "z" + V0,
        "f122059948439065f29619ef41280cbb932be52c56d99c5966b65e0111239f098bbef",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn1",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0",
        "1" + V0,
        "m" + "AXASIFmU",
        "../" + V1
      })
  void refusesMalformedText(String text) {
    assertThrows(IllegalArgumentException.class, () -> Cid.parse(text));
  }

  @Test
  void refusesStrayBitsInTheLastCharacter() {
    // The last of these characters carries five bits, of which the final ones are padding.
    String stray = V1.substring(0, V1.length() - 1) + "5";

    String message =
        assertThrows(IllegalArgumentException.class, () -> Cid.parse(stray)).getMessage();

    assertTrue(message.endsWith("ends with stray bits"), message);
  }

  @Test
  void refusesPartsThatMakeNoCid() {
    Bytes digest = Bytes.of(new byte[32]);

    assertThrows(IllegalArgumentException.class, () -> new Cid(2, 0x70, 0x12, digest));
    assertThrows(IllegalArgumentException.class, () -> new Cid(0, 0x71, 0x12, digest));
    assertThrows(IllegalArgumentException.class, () -> new Cid(0, 0x70, 0x13, digest));
    assertThrows(
        IllegalArgumentException.class, () -> new Cid(0, 0x70, 0x12, Bytes.of(new byte[31])));
    assertThrows(IllegalArgumentException.class, () -> Cid.v1(-1, 0x12, digest));
    assertThrows(IllegalArgumentException.class, () -> Cid.v1(0x70, -1, digest));
  }
}
