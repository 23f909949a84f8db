package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final long GIB = 1L << 30;

  @TempDir Path temp;

  @Test
  void aGibibyteStaysFreeOrFivePercent() {
    assertTrue(Spool.fits(65 * GIB, 1000 * GIB, 64 * GIB));
    assertFalse(Spool.fits(65 * GIB - 1, 1000 * GIB, 64 * GIB));
    assertTrue(Spool.fits(5, 100, 0));
    assertFalse(Spool.fits(4, 100, 0));
    assertFalse(Spool.fits(Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void whatNoDiskHoldsIsRefused() throws Exception {
    Spool spool = Spool.open(temp);

    assertDoesNotThrow(() -> spool.checkRoom(0));
    ApiException refusal = assertThrows(ApiException.class, () -> spool.checkRoom(Long.MAX_VALUE));
    assertEquals(507, refusal.status().intValue());
  }
}
