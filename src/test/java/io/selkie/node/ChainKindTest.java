package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainKindTest {
  private static final Optional<ChainKind> UNSAID = Optional.empty();

  @TempDir Path temp;

  private ChainKind settle(Optional<ChainKind> said) throws IOException {
    return ChainKind.settle(said, new StateDirectory(temp));
  }

  @Test
  void aRepoOfWhichNobodySpokeHasTheDevelopmentChain() throws IOException {
    assertEquals(ChainKind.DEV, settle(UNSAID));
    assertFalse(Files.exists(temp.resolve("chain-kind")));
  }

  @Test
  void whoSaysNothingHasWhatWasSaidLast() throws IOException {
    assertEquals(ChainKind.NONE, settle(Optional.of(ChainKind.NONE)));
    assertEquals(ChainKind.NONE, settle(UNSAID));
    assertEquals(ChainKind.DEV, settle(Optional.of(ChainKind.DEV)));
    assertEquals(ChainKind.DEV, settle(UNSAID));
  }

  @Test
  void aFileThatSaysNothingIsNamed() throws IOException {
    Files.writeString(temp.resolve("chain-kind"), "main\n");

    IOException refusal = assertThrows(IOException.class, () -> settle(UNSAID));

    assertEquals(
        temp.resolve("chain-kind") + " says neither none nor dev: remove it", refusal.getMessage());
  }

  @Test
  void aWrongSettingIsNamed() {
    assertEquals(
        "selkie.chain is 'main': use none, dev or auto",
        assertThrows(IllegalArgumentException.class, () -> ChainKind.of("main")).getMessage());
  }
}
