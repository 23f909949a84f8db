package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenSecretTest {
  @TempDir Path state;
  private Path file;

  @BeforeEach
  void name() {
    file = state.resolve(TokenSecret.NAME);
  }

  @Test
  void isMadeOnceForItsOwnerAlone() throws IOException {
    byte[] made = TokenSecret.in(state).key();

    assertEquals(32, made.length);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertArrayEquals(made, Files.readAllBytes(file));
    assertArrayEquals(made, TokenSecret.in(state).key());
    assertEquals(List.of(file), listed());
  }

  @Test
  void allWhoAskAtTheSameTimeGetTheSame() throws Exception {
    int askers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(askers);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<byte[]>> keys = new ArrayList<>();
    for (int i = 0; i < askers; i++) {
      keys.add(
          threads.submit(
              () -> {
                go.await();
                return TokenSecret.in(state).key();
              }));
    }

    go.countDown();

    for (Future<byte[]> key : keys) {
      byte[] got = key.get();
      assertArrayEquals(Files.readAllBytes(file), got);
    }
    threads.shutdown();
    assertEquals(List.of(file), listed());
  }

  @Test
  void isRefusedWhenOthersCanReadOrWriteIt() throws IOException {
    TokenSecret.in(state);
    for (String open : List.of("rw-r-----", "rw----r--", "rw--w----")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(open));

      IOException refusal = assertThrows(IOException.class, () -> TokenSecret.in(state));

      assertTrue(refusal.getMessage().startsWith(file + " can be read or written by others"), open);
      assertFalse(refusal.getMessage().contains("\n"));
    }
  }

  @Test
  void isRefusedWhenItHasAnotherSize() throws IOException {
    TokenSecret.in(state);
    Files.write(file, new byte[31]);

    IOException refusal = assertThrows(IOException.class, () -> TokenSecret.in(state));

    assertTrue(refusal.getMessage().contains("31 bytes instead of 32"));
  }

  @Test
  void isNotReadThroughALink() throws IOException {
    Path elsewhere = Files.write(state.resolve("elsewhere"), new byte[32]);
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(file, elsewhere);

    IOException refusal = assertThrows(IOException.class, () -> TokenSecret.in(state));

    assertTrue(refusal.getMessage().contains("not a regular file"));
  }

  @Test
  void showsNothingOfItself() throws IOException {
    TokenSecret secret = TokenSecret.in(state);

    assertFalse(secret.toString().contains(HexFormat.of().formatHex(secret.key()).substring(0, 4)));
  }

  private List<Path> listed() throws IOException {
    try (Stream<Path> files = Files.list(state)) {
      return files.toList();
    }
  }
}
