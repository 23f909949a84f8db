package io.selkie.serialization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.serialization.SerializationExtension;
import akka.serialization.SerializerWithStringManifest;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TestTasks;
import io.selkie.scheduler.WorkerCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What a host of a later version says, heard over a real connection by one of today. */
@Timeout(60)
class NewerHostTest {
  private static final String REMOTE =
      """
      akka.actor.provider = remote
      akka.remote.artery { transport = tcp, canonical { hostname = "127.0.0.1", port = 0 } }
      """;

  private static final ActorTestKit OLDER =
      ActorTestKit.create(
          "older", ConfigFactory.parseString(REMOTE).withFallback(ConfigFactory.load()));

  /** Its messages go out as the test wrote them. */
  private static final ActorTestKit NEWER =
      ActorTestKit.create(
          "newer",
          ConfigFactory.parseString(
                  REMOTE
                      + "akka.actor.serializers.jackson-cbor = \""
                      + WordForWord.class.getName()
                      + "\"")
              .withFallback(ConfigFactory.load()));

  private static final TaskId TASK = TestTasks.task(7, 2, TaskKind.PRE_COMMIT_1);
  private static final NodeMessage WITHDRAW = new SchedulerCommand.Withdraw(TASK);
  private static final NodeMessage START =
      new WorkerCommand.Start(TASK.attempt(1), TestTasks.request(TaskKind.PRE_COMMIT_1));
  private static final NodeMessage FAILED =
      new TaskReport.Failed(
          TASK.attempt(1),
          new HostId("a"),
          Instant.EPOCH,
          Instant.EPOCH,
          new Failure(Failure.Action.RETRY, "died", "it died"));

  /** As in {@code logback.xml}, where it has an appender of one line. */
  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger("akka.remote.artery.Deserializer");

  private static final BlockingQueue<String> LOGGED = new LinkedBlockingQueue<>();
  private static final AppenderBase<ILoggingEvent> APPENDER =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          LOGGED.add(event.getFormattedMessage());
        }
      };

  @BeforeAll
  static void listen() {
    APPENDER.start();
    LOGGER.setLevel(Level.WARN);
    LOGGER.addAppender(APPENDER);
  }

  @AfterAll
  static void stop() {
    LOGGER.setLevel(null);
    LOGGER.detachAppender(APPENDER);
    NEWER.shutdownTestKit();
    OLDER.shutdownTestKit();
  }

  record Said(String manifest, String json) implements NodeMessage {}

  /** Writes with the identifier that jackson-cbor has on the wire. */
  public static final class WordForWord extends SerializerWithStringManifest {
    private static final int JACKSON_CBOR = 33;

    @Override
    public int identifier() {
      return JACKSON_CBOR;
    }

    @Override
    public String manifest(Object message) {
      return ((Said) message).manifest();
    }

    @Override
    public byte[] toBinary(Object message) {
      try {
        return new CBORMapper()
            .writeValueAsBytes(new ObjectMapper().readTree(((Said) message).json()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
      throw new UnsupportedOperationException("the newer host only speaks");
    }
  }

  @Test
  void whatIsNotKnownIsDroppedWithOneLineAndTheNextMessageIsHeard() throws Exception {
    TestProbe<Object> heard = OLDER.createTestProbe();
    ActorRef<Object> actor =
        ActorRefResolver.get(NEWER.system())
            .resolveActorRef(
                ActorRefResolver.get(OLDER.system()).toSerializationFormat(heard.getRef()));

    actor.tell(new Said(WITHDRAW.getClass().getName() + "Anew", written(WITHDRAW)));
    assertDropped("SchedulerCommand$WithdrawAnew");
    actor.tell(said(FAILED, "\"retry\"", "\"invented\""));
    assertDropped("TaskReport$Failed");
    actor.tell(said(START, "{\"task\":\"PreCommit1\"", "{\"task\":\"Invented\""));
    assertDropped("WorkerCommand$Start");
    actor.tell(said(WITHDRAW, "\"task\"", "\"otherTask\""));
    assertDropped("SchedulerCommand$Withdraw");

    actor.tell(said(WITHDRAW, "{\"task\"", "{\"why\":\"it is new\",\"task\""));
    assertEquals(WITHDRAW, heard.receiveMessage());
    actor.tell(said(FAILED, "it died", "it died again"));
    assertEquals("it died again", ((TaskReport.Failed) heard.receiveMessage()).failure().message());
    assertTrue(LOGGED.isEmpty(), LOGGED.toString());
  }

  /** A message of today, changed a little. */
  private static Said said(NodeMessage message, String part, String instead) {
    String written = written(message);
    assertTrue(written.contains(part), written);
    return new Said(message.getClass().getName(), written.replace(part, instead));
  }

  private static String written(NodeMessage message) {
    try {
      return new CBORMapper()
          .readTree(
              SerializationExtension.get(OLDER.system())
                  .findSerializerFor(message)
                  .toBinary(message))
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertDropped(String what) throws InterruptedException {
    String line = String.valueOf(LOGGED.poll(20, TimeUnit.SECONDS));
    assertTrue(line.startsWith("Failed to deserialize message"), line);
    assertTrue(line.contains(what), line);
  }
}
