package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.filecoin.MinerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathSettingsTest {
  /** As lotus-worker 1.36 writes it. */
  private static final String LOTUS =
      """
      {"ID":"76f1988b-ef30-4d7e-b3ec-9a627f4ba5a8","Weight":10,"CanSeal":true,"CanStore":false,
      "MaxStorage":0,"Groups":[],"AllowTo":[],"AllowTypes":null,"DenyTypes":null,
      "AllowMiners":null,"DenyMiners":null}
      """;

  private static final MinerId MINER = new MinerId(1000);

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void setUp() {
    file = temp.resolve(PathSettings.FILE);
  }

  @Test
  void readsWhatLotusWrites() throws IOException {
    PathSettings settings = read(LOTUS);

    assertEquals("76f1988b-ef30-4d7e-b3ec-9a627f4ba5a8", settings.id());
    assertEquals(10, settings.weight());
    assertTrue(settings.canSeal());
    assertFalse(settings.canStore());
    assertTrue(settings.takes(FileType.SEALED, MINER));
  }

  @Test
  void writesTheKeysThatLotusReads() throws IOException {
    PathSettings made = PathSettings.fresh(7, true, true, 1024, List.of("fast"));

    assertTrue(made.create(file));

    ObjectMapper json = new ObjectMapper();
    JsonNode written = json.readTree(file.toFile());
    JsonNode lotus = json.readTree(LOTUS);
    assertEquals(names(lotus), names(written));
    assertEquals(1024, written.get("MaxStorage").asLong());
    assertEquals("fast", written.get("Groups").get(0).asText());
    assertEquals(made, PathSettings.read(file));
  }

  @Test
  void whoComesSecondDoesNotMakeTheFile() throws IOException {
    PathSettings first = PathSettings.fresh(1, true, false, 0, List.of());
    assertTrue(first.create(file));

    assertFalse(PathSettings.fresh(2, true, false, 0, List.of()).create(file));

    assertEquals(first, PathSettings.read(file));
    assertEquals(List.of(PathSettings.FILE), List.of(temp.toFile().list()));
  }

  @Test
  void filtersSayWhatItTakes() throws IOException {
    PathSettings settings =
        read(
            "{\"ID\":\"a\",\"AllowTypes\":[\"sealed\",\"cache\"],\"DenyTypes\":[\"cache\"],"
                + "\"AllowMiners\":[\"t01000\",\"f01001\"],\"DenyMiners\":[\"t01001\"]}");

    assertTrue(settings.takes(FileType.SEALED, MINER));
    assertFalse(settings.takes(FileType.CACHE, MINER));
    assertFalse(settings.takes(FileType.UNSEALED, MINER));
    assertFalse(settings.takes(FileType.SEALED, new MinerId(1001)));
    assertFalse(settings.takes(FileType.SEALED, new MinerId(1002)));
  }

  @Test
  void groupsSayWhereFilesMayGo() throws IOException {
    PathSettings from = read("{\"ID\":\"a\",\"AllowTo\":[\"cold\"]}");
    PathSettings cold = read("{\"ID\":\"b\",\"Groups\":[\"warm\",\"cold\"]}");

    assertTrue(from.letsGoTo(cold));
    assertFalse(cold.letsGoTo(cold) && from.letsGoTo(from));
    assertTrue(cold.letsGoTo(from));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ID | {}
          ID | {"ID":7}
          ID | {"ID":""}
          ID | {"ID":"../x"}
          ID | {"ID":"a\\nb"}
          Weight | {"ID":"a","Weight":-1}
          Weight | {"ID":"a","Weight":"10"}
          Weight | {"ID":"a","Weight":1.5}
          Weight | {"ID":"a","Weight":9223372036854775808}
          MaxStorage | {"ID":"a","MaxStorage":99999999999999999999999999}
          MaxStorage | {"ID":"a","MaxStorage":true}
          CanSeal | {"ID":"a","CanSeal":"yes"}
          CanStore | {"ID":"a","CanStore":1}
          Groups | {"ID":"a","Groups":"cold"}
          Groups | {"ID":"a","Groups":[7]}
          AllowTo | {"ID":"a","AllowTo":["a\\u001bb"]}
          AllowTypes | {"ID":"a","AllowTypes":["seeled"]}
          DenyTypes | {"ID":"a","DenyTypes":[["sealed"]]}
          AllowMiners | {"ID":"a","AllowMiners":["1000"]}
          DenyMiners | {"ID":"a","DenyMiners":{}}
          not the settings | []
          not the settings | {"ID":"a","ID":"b"}
          not the settings | {"ID":"a"} {}
          not the settings | {"ID":"a",
          """)
  void whatIsWrongIsOneLineWithFileAndKey(String key, String json) throws IOException {
    IOException refusal = assertThrows(IOException.class, () -> read(json));

    String line = String.valueOf(refusal.getMessage());
    assertTrue(line.contains(key) && line.contains(PathSettings.FILE), line);
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.chars().noneMatch(c -> c < ' '), line);
  }

  @Test
  void aFileWithoutEndIsRefused() throws IOException {
    Files.write(file, new byte[(1 << 20) + 1]);

    assertThrows(IOException.class, () -> PathSettings.read(file));
  }

  private static Set<String> names(JsonNode json) {
    Set<String> names = new java.util.TreeSet<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private PathSettings read(String json) throws IOException {
    Files.writeString(file, json);
    return PathSettings.read(file);
  }
}
