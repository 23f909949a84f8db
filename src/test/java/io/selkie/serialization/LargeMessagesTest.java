package io.selkie.serialization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.SerializerWithStringManifest;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostSector.Presence;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TestLimits;
import io.selkie.scheduler.TestTasks;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.storage.SectorSpace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The lists of a large farm go from host to host: Akka drops a message that is too large. */
class LargeMessagesTest {
  private static final int SECTORS = 10_000;
  private static final int HOSTS = 100;
  private static final Config NODE =
      ConfigFactory.parseResources(
              LargeMessagesTest.class.getClassLoader(), "io/selkie/node/node.conf")
          .withFallback(ConfigFactory.load())
          .resolve();
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.load()
              .withValue("akka.serialization", NODE.getValue("akka.serialization")));
  private static final Random RANDOM = new Random(7);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static HostId host(int number) {
    return new HostId("sealer-%d.%06x".formatted(number, RANDOM.nextInt(1 << 24)));
  }

  private static SectorId sector(int number) {
    return SectorId.parse("s-t01000-" + (1_000_000 + number));
  }

  private static TaskId task(int number) {
    TaskKind[] kinds = TaskKind.values();
    return TestTasks.task(1_000_000 + number, 1 + number % 40, kinds[number % kinds.length]);
  }

  private static List<HostSector> sectors(int from, int to) {
    List<HostSector> sectors = new ArrayList<>();
    for (int number = from; number < to; number++) {
      Map<SectorSpace.Part, Long> rest = new HashMap<>();
      if (number % 10 == 0) {
        for (SectorSpace.Part part : SectorSpace.Part.values()) {
          rest.put(part, RANDOM.nextLong(1L << 39));
        }
      }
      sectors.add(
          new HostSector(
              sector(number),
              TestTasks.TYPE,
              rest.isEmpty() ? Presence.SEALING : Presence.PARKED,
              false,
              rest));
    }
    return sectors;
  }

  private static void crosses(Object message) {
    Serialization serialization = SerializationExtension.get(KIT.system());
    SerializerWithStringManifest serializer =
        (SerializerWithStringManifest) serialization.findSerializerFor(message);
    byte[] bytes = serialization.serialize(message).get();
    long limit = NODE.getBytes("akka.remote.artery.advanced.maximum-frame-size");
    assertTrue(
        bytes.length < limit / 2,
        message.getClass().getSimpleName() + " has " + bytes.length + " bytes of " + limit);
    Object read =
        serialization
            .deserialize(bytes, serializer.identifier(), serializer.manifest(message))
            .get();
    assertEquals(message, read);
  }

  @Test
  void theHostsOfAFarmWithAllTheirSectorsAndTasks() {
    List<HostStatus> hosts = new ArrayList<>();
    int each = SECTORS / HOSTS;
    for (int host = 0; host < HOSTS; host++) {
      List<TaskId> tasks = new ArrayList<>();
      for (int number = host * each; number < (host + 1) * each; number++) {
        tasks.add(task(number));
      }
      hosts.add(
          new HostStatus(
              host(host),
              HostMode.OPEN,
              Optional.empty(),
              Optional.of(Instant.ofEpochMilli(1_800_000_000_000L + RANDOM.nextInt(10_000))),
              Optional.of(TestLimits.slots(Map.of(TaskKind.PRE_COMMIT_1, 14))),
              Optional.empty(),
              tasks,
              sectors(host * each, (host + 1) * each),
              host));
    }

    crosses(new SchedulerCommand.Hosts(hosts));
  }

  @Test
  void theAnnouncementOfOneHostThatHasThemAll() {
    crosses(
        new SchedulerCommand.HostReport(
            host(1),
            KIT.<WorkerCommand>createTestProbe().getRef(),
            TestLimits.slots(Map.of()),
            Set.of(task(1).attempt(1)),
            sectors(0, SECTORS),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void theReasonsOfAllTasksThatWait() {
    Map<String, String> reasons = new HashMap<>();
    for (int number = 0; number < SECTORS; number++) {
      reasons.put(
          task(number).toString(),
          ("waits for disk space on host %s: sealing a sector of 32GiB takes up to %d.%d GiB below"
                  + " /mnt/nvme%d/selkie, where %d.%d GiB are free and not kept for other sectors")
              .formatted(
                  host(number % HOSTS),
                  RANDOM.nextInt(600),
                  RANDOM.nextInt(10),
                  number % 8,
                  RANDOM.nextInt(600),
                  RANDOM.nextInt(10)));
    }

    crosses(new SchedulerCommand.Explanation(reasons));
  }
}
