package io.selkie.params;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterDigestTest {
  @TempDir Path directory;

  @Test
  void isTheFirstSixteenBytesOfBlake2b512() throws Exception {
    Path file = Files.writeString(directory.resolve("abc"), "abc");

    // RFC 7693, appendix A.
    assertEquals(
        "ba80a53f981c4d0d6a2797b69f12f6e9", ParameterDigest.ofFile(file, bytes -> {}).hex());
  }

  @Test
  void tellsHowManyBytesAreRead() throws Exception {
    Path file = Files.write(directory.resolve("large"), new byte[(2 << 20) + 5]);
    List<Long> told = new ArrayList<>();

    ParameterDigest.ofFile(file, told::add);

    assertEquals((2L << 20) + 5, told.get(told.size() - 1));
  }

  @Test
  void refusesTextThatIsNoDigest() {
    assertThrows(IllegalArgumentException.class, () -> new ParameterDigest("ba80"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ParameterDigest("BA80A53F981C4D0D6A2797B69F12F6E9"));
  }
}
