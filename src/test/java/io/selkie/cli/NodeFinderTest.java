package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.TestCertificates;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeFinderTest {
  @TempDir Path temp;
  private SelkieRun selkie;
  private Path repo;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(temp);
    selkie.withProofs();
    repo = Files.createDirectory(temp.resolve("repo"));
  }

  @Test
  void findsTheNodeThatWorksOnTheRepo() throws Exception {
    try (FakeNode node = FakeNode.start(temp.resolve("state"))) {
      try (NodeSession session = finder().running()) {
        assertTrue(session.goesOn());
        assertEquals(Optional.of(repo), session.repo());
        session.client().sectors(Optional.empty());
      }
      assertFalse(node.closed);
    }
    assertEquals(Optional.empty(), finder().find());
  }

  @Test
  void talksByTlsWithTheAuthorityOfTheSettings() throws Exception {
    TlsFiles files = TestCertificates.issue(temp.resolve("farm"), "host", "10.0.0.1");
    Optional<TlsIdentity> tls = Optional.of(TlsIdentity.open(files));
    try (FakeNode node = FakeNode.start(temp.resolve("state"), tls)) {
      selkie.file = TestCertificates.settings("selkie.cluster.tls", files);
      try (NodeSession session = finder().running()) {
        session.client().sectors(Optional.empty());
      }

      selkie.file = "";
      IOException unknown = assertThrows(IOException.class, () -> finder().running());
      assertEquals(
          "the node at "
              + node.api()
              + " shows a certificate that is not of this farm: another authority signed it; name"
              + " the authority of its farm: selkie.api.tls.authority",
          unknown.getMessage());

      TlsFiles strangers = TestCertificates.issue(temp.resolve("strangers"), "one", "127.0.0.1");
      selkie.file = TestCertificates.settings("selkie.api.tls", strangers);
      IOException untrusted = assertThrows(IOException.class, () -> finder().running());
      assertEquals(
          "the node at "
              + node.api()
              + " shows a certificate that is not of this farm: another authority signed it",
          untrusted.getMessage());
    }
  }

  @Test
  void aNodeThatWasKilledIsNotTakenForARunningOne() throws Exception {
    FakeNode.start(temp.resolve("state")).kill();

    assertTrue(Files.exists(temp.resolve("state/api")));
    assertEquals(Optional.empty(), finder().find());
  }

  @Test
  void anotherProgramAtThatPortIsNotTakenForANode() throws Exception {
    try (FakeNode node = FakeNode.start(temp.resolve("other"))) {
      Files.createDirectory(temp.resolve("state"));
      Files.writeString(temp.resolve("state/api"), node.api() + "/somewhere\n");

      assertEquals(Optional.empty(), finder().find());
    }
  }

  @Test
  void aNodeThatWasStartedForTheOccasionEndsWithIt() throws Exception {
    FakeNode node = FakeNode.start(temp.resolve("state"));
    Files.delete(temp.resolve("state/api"));
    AtomicReference<NodeLauncher.Order> asked = new AtomicReference<>();
    selkie.launcher = selkie.giving(node, asked);

    try (NodeSession session = finder().runningOrStarted()) {
      assertFalse(session.goesOn());
      assertFalse(node.closed);
    }

    assertTrue(node.closed);
    assertEquals(repo, asked.get().repo());
  }

  @Test
  void aRepoThatWasMadeForANodeThatDoesNotStartIsGoneAgain() throws IOException {
    selkie.launcher =
        order -> {
          throw new IOException("it does not start");
        };
    Path made = temp.resolve("new/repo");

    IOException refusal =
        assertThrows(
            IOException.class,
            () -> new NodeFinder(selkie.context(), Optional.of(made)).runningOrMade());

    assertEquals("it does not start", refusal.getMessage());
    assertFalse(Files.exists(temp.resolve("new")));
  }

  @Test
  void aRepoInTheWayOfAFileCannotBeMade() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");

    IOException refusal =
        assertThrows(
            IOException.class,
            () -> new NodeFinder(selkie.context(), Optional.of(file)).runningOrMade());

    assertEquals(file + ": not a directory", refusal.getMessage());
  }

  @Test
  void theEnvironmentMayNameANodeElsewhere() throws Exception {
    try (FakeNode node = FakeNode.start(temp.resolve("elsewhere"))) {
      selkie.environment.put(NodeAddress.VARIABLE, "a.b.c:" + node.api() + "/api/v1/");
      NodeFinder finder = new NodeFinder(selkie.context(), Optional.empty());

      assertEquals(Optional.empty(), finder.repo());
      try (NodeSession session = finder.running()) {
        assertEquals(Optional.empty(), session.repo());
      }
      assertEquals(Optional.of(repo), finder(repo).repo());

      node.kill();
      IOException refusal = assertThrows(IOException.class, finder::running);
      assertEquals("no node answers at " + node.api(), refusal.getMessage());
    }
  }

  @Test
  void anAddressThatIsNoneIsToldWithoutItsToken() {
    for (String info : List.of("secret", "secret:ftp://x", ":http://x", "http://x")) {
      IOException refusal =
          assertThrows(
              IOException.class, () -> NodeAddress.named(Map.of(NodeAddress.VARIABLE, info)));

      assertTrue(String.valueOf(refusal.getMessage()).startsWith("SELKIE_API_INFO"), info);
      assertFalse(String.valueOf(refusal.getMessage()).contains("secret"), info);
    }
    assertEquals(URI.create("http://[::1]:1"), NodeAddress.base(" http://[::1]:1/api/v1\n"));
  }

  private NodeFinder finder() {
    return finder(repo);
  }

  private NodeFinder finder(Path of) {
    return new NodeFinder(selkie.context(), Optional.of(of));
  }
}
