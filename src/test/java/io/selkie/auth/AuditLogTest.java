package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
  private static final UUID CALL = UUID.fromString("00000000-0000-0000-0000-000000000001");
  private static final AuditEntry ASKED =
      new AuditEntry(
          AuditEntry.What.ASKED,
          CALL,
          "ops",
          "jti-1",
          "127.0.0.1",
          "POST",
          "/api/v1/sectors/pledge",
          Optional.empty(),
          Optional.empty());
  private static final String ASKED_LINE =
      "{\"at\":\"2026-11-21T12:00:00Z\",\"what\":\"asked\",\"call\":\""
          + CALL
          + "\",\"subject\":\"ops\",\"token\":\"jti-1\",\"remote\":\"127.0.0.1\","
          + "\"method\":\"POST\",\"path\":\"/api/v1/sectors/pledge\"}";

  @TempDir Path state;
  private Path file;

  @BeforeEach
  void name() {
    file = state.resolve(AuditLog.NAME);
  }

  @Test
  void aCallHasTwoLines() throws IOException {
    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      log.append(ASKED);
      log.append(ASKED.answered(201, Optional.of("s-t01000-1")));
    }

    assertEquals(
        List.of(
            ASKED_LINE,
            ASKED_LINE
                .replace("asked", "answered")
                .replace("}", ",\"sector\":\"s-t01000-1\",\"status\":201}")),
        Files.readAllLines(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void itGoesOnWhereItWas() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (AuditLog log = AuditLog.in(state, CLOCK)) {
        log.append(ASKED);
      }
    }

    assertEquals(List.of(ASKED_LINE, ASKED_LINE), Files.readAllLines(file));
  }

  @Test
  void aLineThatACrashCutSpoilsOnlyItself() throws IOException {
    Files.writeString(file, "{\"at\":");

    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      log.append(ASKED);
    }

    assertEquals(List.of("{\"at\":", ASKED_LINE), Files.readAllLines(file));
  }

  @Test
  void aNewFileIsBegunWhenItWasMovedAway() throws IOException {
    Path moved = state.resolve("audit.log.1");
    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      log.append(ASKED);
      Files.move(file, moved);
      log.append(ASKED);
      Files.delete(moved);
      Files.move(file, moved);
      Files.createFile(file);
      log.append(ASKED);
    }

    assertEquals(List.of(ASKED_LINE), Files.readAllLines(moved));
    assertEquals(List.of(ASKED_LINE), Files.readAllLines(file));
  }

  @Test
  void theEndIsFoundWhenAnotherHandCutTheFile() throws IOException {
    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      log.append(ASKED);
      Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      log.append(ASKED);
    }

    assertEquals(List.of(ASKED_LINE), Files.readAllLines(file));
  }

  @Test
  void hostileTextStaysInItsLine() throws IOException {
    AuditEntry entry =
        new AuditEntry(
            AuditEntry.What.REFUSED,
            CALL,
            "a\n\"b\u2028",
            "t",
            "::1",
            "DELETE",
            "/\r\n{",
            Optional.empty(),
            Optional.of(403));
    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      log.append(entry);
    }

    List<String> lines = Files.readAllLines(file);
    assertEquals(1, lines.size());
    assertEquals(
        "a\n\"b\u2028", new ObjectMapper().readTree(lines.get(0)).get("subject").textValue());
  }

  @Test
  void linesOfManyCallersAreWhole() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (AuditLog log = AuditLog.in(state, CLOCK)) {
      Callable<Boolean> call =
          () -> {
            log.append(ASKED);
            return true;
          };
      for (Future<Boolean> done : callers.invokeAll(Collections.nCopies(100, call))) {
        assertTrue(done.get());
      }
    }
    callers.shutdown();

    assertEquals(List.of(ASKED_LINE), Files.readAllLines(file).stream().distinct().toList());
    assertEquals(100, Files.readAllLines(file).size());
  }

  @Test
  void aLogThatCannotBeWrittenIsAnError() throws IOException {
    Files.createDirectory(file);

    assertThrows(IOException.class, () -> AuditLog.in(state, CLOCK));
  }

  @Test
  void itIsNotWrittenThroughALink() throws IOException {
    Path elsewhere = Files.createFile(state.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);

    assertThrows(IOException.class, () -> AuditLog.in(state, CLOCK));
  }
}
