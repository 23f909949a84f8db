package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices for proofs of spacetime. */
class GpuActorTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Device ONLY = new Device("cpu-0", Map.of());

  @TempDir Path temp;
  private final ActorTestKit kit =
      ActorTestKit.create(
          "devices",
          ConfigFactory.parseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF")
              .withFallback(ConfigFactory.load()));
  private final TestProbe<Worker.DeviceGranted> first = kit.createTestProbe();
  private final TestProbe<Worker.DeviceGranted> second = kit.createTestProbe();

  @AfterEach
  void end() {
    kit.shutdownTestKit();
  }

  private ActorRef<GpuActor.Command> devices() {
    return kit.spawn(GpuActor.create(List.of(ONLY), new LeaseFiles(temp), Map.of()));
  }

  @Test
  void oneProofAtATimeHasTheDevice() {
    ActorRef<GpuActor.Command> devices = devices();

    devices.tell(new GpuActor.WantForPost("post-1", LONG, first.getRef()));
    devices.tell(new GpuActor.WantForPost("post-2", LONG, second.getRef()));

    assertEquals(ONLY, first.receiveMessage().device());
    second.expectNoMessage(Duration.ofMillis(100));
    devices.tell(new GpuActor.PostIsOver("post-1"));
    assertEquals(ONLY, second.receiveMessage().device());
  }

  @Test
  void whoHasWaitedLongEnoughSharesOne() {
    ActorRef<GpuActor.Command> devices = devices();
    devices.tell(new GpuActor.WantForPost("post-1", LONG, first.getRef()));
    first.receiveMessage();

    devices.tell(new GpuActor.WantForPost("post-2", Duration.ofMillis(50), second.getRef()));

    assertEquals(ONLY, second.receiveMessage().device());
    // and what it gives back was never its own
    devices.tell(new GpuActor.PostIsOver("post-2"));
    devices.tell(new GpuActor.WantForPost("post-3", LONG, second.getRef()));
    second.expectNoMessage(Duration.ofMillis(100));
    devices.tell(new GpuActor.PostIsOver("post-1"));
    assertEquals(ONLY, second.receiveMessage().device());
  }
}
