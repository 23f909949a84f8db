package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @Property
  void bytesSurviveBase64(@ForAll byte[] content) {
    Bytes bytes = Bytes.of(content);

    Bytes copy = Bytes.ofBase64(bytes.base64());

    assertEquals(bytes, copy);
    assertEquals(bytes.hashCode(), copy.hashCode());
    assertEquals(content.length, copy.size());
    assertArrayEquals(content, copy.toByteArray());
  }

  @Property
  void thirtyTwoBytesSurviveHex(@ForAll @Size(32) byte[] content) {
    Bytes32 bytes = Bytes32.of(content);

    Bytes32 copy = Bytes32.ofHex(bytes.hex());

    assertEquals(bytes, copy);
    assertEquals(bytes.hashCode(), copy.hashCode());
    assertArrayEquals(content, copy.toByteArray());
  }

  @Test
  void neitherInputNorOutputArrayIsShared() {
    byte[] content = new byte[32];
    Bytes bytes = Bytes.of(content);
    Bytes32 bytes32 = Bytes32.of(content);

    content[0] = 1;
    bytes.toByteArray()[1] = 1;
    bytes32.toByteArray()[1] = 1;

    assertArrayEquals(new byte[32], bytes.toByteArray());
    assertArrayEquals(new byte[32], bytes32.toByteArray());
  }

  @Test
  void textShowsLengthAndHeadOnly() {
    byte[] content = new byte[192];
    Arrays.fill(content, (byte) 0xab);

    assertEquals("Bytes[192: abababababababab...]", Bytes.of(content).toString());
    assertEquals("Bytes[1: 07]", Bytes.of(new byte[] {7}).toString());
    assertEquals("Bytes[0: ]", Bytes.of(new byte[0]).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"QQ", "QQ=", "QR==", "QUI", "Q===", "-_8=", "QUJD\n", " QUJD", "QUJD="})
  void refusesBase64InAnotherSpelling(String base64) {
    assertThrows(IllegalArgumentException.class, () -> Bytes.ofBase64(base64));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void refusesAnotherLengthThan32(int length) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Bytes32.of(new byte[length]))
            .getMessage();

    assertEquals("expected 32 bytes, got " + length, message);
  }

  @Test
  void hexErrorsNameWhatWasWrong() {
    String withPrefix = "0x" + "a".repeat(62);

    assertEquals("expected 64 hex digits, got 2 characters", hexError("aa"));
    assertEquals(
        "expected 64 hex digits, character 2 of \"" + withPrefix + "\" is none",
        hexError(withPrefix));
  }

  private static String hexError(String hex) {
    return assertThrows(IllegalArgumentException.class, () -> Bytes32.ofHex(hex)).getMessage();
  }

  @Test
  void refusesDigitsThatAreNotAscii() {
    assertTrue(hexError("\u0660".repeat(64)).startsWith("expected 64 hex digits, character 1"));
  }
}
