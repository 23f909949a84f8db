package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** cache-mode 1: two nodes with identities of their own seal in one directory. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class SharedDirectoryIT {
  private static final int EACH = 3;

  @TempDir Path temp;

  @Test
  void twoNodesSealInOneDirectoryAndWriteEachSectorOnce() throws Exception {
    try (NodeProcess one = start("one", "");
        NodeProcess two = start("two", "")) {
      List<CompletableFuture<?>> asked = new ArrayList<>();
      for (int i = 0; i < EACH; i++) {
        asked.add(calls("one").pledge(UUID.randomUUID()));
        asked.add(calls("two").pledge(UUID.randomUUID()));
      }
      CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0])).join();

      await(one, () -> proving("one").size() == EACH);
      await(two, () -> proving("two").size() == EACH);

      Set<String> all = new TreeSet<>(proving("one"));
      all.addAll(proving("two"));
      assertEquals(2 * EACH, all.size(), "each number was given to one of them");
      assertEquals(Set.of(), overlap(begun("one"), begun("two")));
      for (String name : List.of("one", "two")) {
        for (String sector : proving(name)) {
          assertEquals(identity(name), holder(sector));
          assertTrue(Files.exists(temp.resolve("repo/sealed").resolve(sector)));
        }
      }
    }
  }

  @Test
  void aNodeThatWasKilledGoesOnWithItsClaim() throws Exception {
    String sector = "s-t01000-1";
    String point = "PreCommit1.start.after-effect@" + sector;
    try (NodeProcess two = start("two", "")) {
      try (NodeProcess one = start("one", point)) {
        var unused = calls("one").pledge(UUID.randomUUID());
        await(one, () -> Files.exists(temp.resolve(point)));
        one.kill();
      }
      calls("two").pledge(UUID.randomUUID()).join();
      await(two, () -> proving("two").equals(Set.of("s-t01000-2")));
      assertEquals(identity("one"), holder(sector));

      try (NodeProcess one = start("one", "")) {
        await(one, () -> proving("one").equals(Set.of(sector)));
        assertEquals(identity("one"), holder(sector));

        calls("one").send("DELETE", "/sectors/" + sector, "").join();
        await(one, () -> !Files.exists(claim(sector)));
        assertTrue(Files.exists(claim("s-t01000-2")));
      }
    }
  }

  private NodeProcess start(String name, String point) throws Exception {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.cache-mode", "1");
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", temp.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.sealing.chain-poll", "50 ms");
    if (!point.isEmpty()) {
      settings.put("selkie.test.failpoints.0", point);
    }
    return NodeProcess.start(temp.resolve("repo"), temp.resolve(name), settings);
  }

  private NodeCalls calls(String name) throws Exception {
    return NodeCalls.to(temp.resolve(name));
  }

  private Set<String> proving(String name) throws Exception {
    return calls(name).driverStates().entrySet().stream()
        .filter(sector -> sector.getValue().equals("Proving"))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Sectors that a node's provers worked on. */
  private Set<String> begun(String name) throws Exception {
    try (Stream<String> lines = Files.lines(temp.resolve(name).resolve("provers.log"))) {
      return lines
          .map(line -> line.split(" ", -1)[2].split("\\.", -1)[0])
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> overlap(Set<String> some, Set<String> others) {
    return some.stream().filter(others::contains).collect(Collectors.toSet());
  }

  private String identity(String name) throws Exception {
    return Files.readString(temp.resolve(name).resolve("host-id")).strip();
  }

  private Path claim(String sector) {
    return temp.resolve("repo/selkie").resolve(sector + ".claim");
  }

  private String holder(String sector) throws Exception {
    JsonNode claim = new ObjectMapper().readTree(claim(sector).toFile());
    return claim.path("holder").asText();
  }
}
