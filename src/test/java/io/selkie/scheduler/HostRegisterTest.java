package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostRegisterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final HostId HOST = new HostId("a");
  private static final Config CONFIG =
      EventSourcedBehaviorTestKit.config().withFallback(ConfigFactory.load());

  private final ActorTestKit kit = ActorTestKit.create(CONFIG);
  private final TestProbe<HostRegister.Orders> scheduler = kit.createTestProbe();
  private final EventSourcedBehaviorTestKit<HostRegister.Command, HostEvent, HostRegister.Orders>
      register =
          EventSourcedBehaviorTestKit.create(
              kit.system(),
              HostRegister.create(scheduler.getRef(), Clock.fixed(NOW, ZoneOffset.UTC)),
              // Commands and state stay in the process.
              EventSourcedBehaviorTestKit.disabledSerializationSettings().withVerifyEvents(true));

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  /**
   * Singletons leave a host that is stopped: the scheduler that is told is not the one that waits.
   */
  @Test
  void theNextSchedulerKnowsWhichHostsWereStopped() {
    register.runCommand(new HostRegister.Join(HOST));
    SchedulerCommand.Ordered answer =
        register
            .<SchedulerCommand.Ordered>runCommand(
                (ActorRef<SchedulerCommand.Ordered> replyTo) ->
                    new HostRegister.Stop(HOST, replyTo))
            .reply();
    assertEquals(new SchedulerCommand.Ordered(Optional.empty()), answer);

    HostRegister.Orders told =
        new HostRegister.Orders(Map.of(HOST, HostMode.OPEN), Map.of(HOST, NOW));
    assertEquals(told, register.restart().state());
    // Once at each start, once for each change.
    assertEquals(told, scheduler.receiveSeveralMessages(4).get(3));
  }

  @Test
  void aHostThatIsForgottenWasNeverStopped() {
    register.runCommand(new HostRegister.Join(HOST));
    register.runCommand(new HostRegister.Stop(HOST, kit.system().ignoreRef()));
    register.runCommand(new HostRegister.Forget(HOST, "alice", kit.system().ignoreRef()));

    assertEquals(new HostRegister.Orders(Map.of()), register.getState());
  }
}
