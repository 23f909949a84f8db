package io.selkie.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.journal.Database;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorNumbersTest {
  private static final MinerId MINER = new MinerId(1000);

  @TempDir Path temp;
  private Database database;
  private SectorNumbers numbers;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(new StateDirectory(temp));
    numbers = new SectorNumbers(database.dataSource());
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  @Test
  void numbersCountUpFromOneForEachMiner() throws SQLException {
    assertEquals(1, next(MINER));
    assertEquals(2, next(MINER));
    assertEquals(1, next(new MinerId(1001)));
    assertEquals(3, next(MINER));
  }

  @Test
  void theSameRequestGetsTheSameNumberAlsoAfterARestart() throws Exception {
    UUID request = UUID.randomUUID();
    SectorId given = numbers.assign(MINER, request, sector -> false);
    next(MINER);

    close();
    open();

    assertEquals(given, numbers.assign(MINER, request, sector -> false));
    assertEquals(3, next(MINER));
  }

  @Test
  void aSectorIsKnownOnceItHasItsNumber() throws SQLException {
    assertFalse(numbers.has(new SectorId(MINER, 1)));
    next(MINER);

    assertTrue(numbers.has(new SectorId(MINER, 1)));
    assertFalse(numbers.has(new SectorId(MINER, 2)));
    assertFalse(numbers.has(new SectorId(new MinerId(1001), 1)));
    assertEquals(2, next(MINER));
  }

  @Test
  void theNumbersOfAMinerThatTheNodeHadBeforeAreListed() throws SQLException {
    next(new MinerId(1001));
    next(MINER);

    assertEquals(
        List.of(new SectorId(MINER, 1), new SectorId(new MinerId(1001), 1)), numbers.all());
  }

  @Test
  void numbersThatAreTakenElsewhereAreLeftOut() throws SQLException {
    SectorId free = numbers.assign(MINER, UUID.randomUUID(), sector -> sector.number() < 5);

    assertEquals(new SectorId(MINER, 5), free);
    assertEquals(6, next(MINER));
  }

  @Test
  void noTwoThatAskAtOnceGetTheSame() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<SectorId>> asked = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        asked.add(threads.submit(() -> numbers.assign(MINER, UUID.randomUUID(), sector -> false)));
      }
      Set<SectorId> given = new HashSet<>();
      for (Future<SectorId> answer : asked) {
        given.add(answer.get());
      }
      assertEquals(40, given.size());
    } finally {
      threads.shutdownNow();
    }
  }

  private long next(MinerId miner) throws SQLException {
    return numbers.assign(miner, UUID.randomUUID(), sector -> false).number();
  }
}
