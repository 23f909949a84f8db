package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.selkie.auth.Permission;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class TokensInLogTest {
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private static final String MARK = "everything before this was logged";

  @TempDir Path state;
  private final Lines lines = new Lines();
  private TestNode node;

  /** What was logged, by whoever. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(event.getFormattedMessage());
    }
  }

  @BeforeEach
  void start() throws Exception {
    lines.start();
    ROOT.addAppender(lines);
    ROOT.setLevel(Level.WARN);
    // The settings of an operator do not change it.
    node =
        new TestNode(
            state,
            settings -> settings,
            "akka.loglevel = WARNING, akka.http.server.parsing.illegal-header-warnings = on,"
                + "akka.http.server.parsing.error-logging-verbosity = full");
  }

  @AfterEach
  void stop() throws Exception {
    ROOT.setLevel(Level.OFF);
    ROOT.detachAppender(lines);
    node.close();
  }

  @Test
  void malformedHeadersAreNotRepeatedInTheLog() throws Exception {
    String token = node.token(Permission.ADMIN);
    for (String header :
        List.of(
            "Authorization: Bearer " + token + " again",
            "Authorization: Bearer \"" + token,
            "Authorization: Bearer\t" + token + "\u00c3\u00a9",
            "Authorization: Bearer " + token + "\u0000",
            "Authorization " + token,
            "Cookie: ; \u0001" + token)) {
      try (RawClient client = new RawClient(node.server.url())) {
        String answer =
            client
                .send(
                    "GET /api/v1/sectors HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + header
                        + "\r\n\r\n")
                .readUntil("}}");
        assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
      }
    }
    // Akka logs by one actor, in the order in which it was told.
    node.kit.system().classicSystem().log().warning(MARK);
    TestNode.await(() -> lines.all.contains(MARK));

    String signature = token.substring(token.lastIndexOf('.') + 1);
    assertFalse(String.join("\n", lines.all).contains(signature), lines.all.toString());
    assertEquals(1, lines.all.stream().filter(MARK::equals).count());
  }
}
