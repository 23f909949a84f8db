package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("akka.actor.serialize-messages = on")
              .withFallback(ConfigFactory.load()));
  private static final HostId HOST = new HostId("a");

  private final TestProbe<MemberWatch.Command> members = KIT.createTestProbe();
  private final ActorRef<SchedulerCommand> scheduler =
      KIT.spawn(
          Scheduler.create(
              Clock.systemUTC(),
              HostPatience.DEFAULT,
              members.getRef(),
              scheduler -> register(scheduler)));
  private final TestProbe<SchedulerCommand.Answer> sector = KIT.createTestProbe();
  private final TestProbe<WorkerCommand> worker = KIT.createTestProbe();
  private final TestProbe<SchedulerCommand.Explanation> operator = KIT.createTestProbe();

  /** A register that remembers as long as the test. */
  private static Behavior<HostRegister.Command> register(ActorRef<SchedulerCommand> scheduler) {
    return Behaviors.setup(
        context -> {
          Map<HostId, HostMode> modes = new HashMap<>();
          scheduler.tell(new HostRegister.Orders(modes));
          return Behaviors.receive(HostRegister.Command.class)
              .onMessage(
                  HostRegister.Order.class,
                  order -> {
                    modes.put(order.host(), order.mode());
                    scheduler.tell(new HostRegister.Orders(modes));
                    order.replyTo().tell(new SchedulerCommand.Ordered(Optional.empty()));
                    return Behaviors.same();
                  })
              .onAnyMessage(other -> Behaviors.same())
              .build();
        });
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void submit(TaskId task) {
    scheduler.tell(
        new SchedulerCommand.Submit(
            task,
            TestTasks.TYPE,
            Instant.EPOCH,
            Optional.empty(),
            SectorRoute.NONE,
            Optional.empty(),
            false,
            sector.getRef()));
  }

  private void announce(TaskId.Attempt... present) {
    scheduler.tell(
        new SchedulerCommand.HostReport(
            HOST,
            worker.getRef(),
            TestLimits.slots(Map.of(TaskKind.ADD_PIECE, 1)),
            Set.of(present),
            List.of(),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void assignsExplainsAndTakesBack() {
    TaskId first = task(1, 1, TaskKind.ADD_PIECE);
    TaskId second = task(2, 1, TaskKind.ADD_PIECE);
    submit(first);
    announce();
    assertEquals(
        new SchedulerCommand.Assigned(first, HOST, worker.getRef(), Optional.empty()),
        sector.receiveMessage());

    submit(second);
    scheduler.tell(new SchedulerCommand.Explain(operator.getRef()));
    assertEquals(
        Map.of(
            second.toString(),
            "waits for a free AddPiece slot on host a (1 of 1 in use; selkie.parallel.addpiece)"),
        operator.receiveMessage().reasons());

    scheduler.tell(new SchedulerCommand.Withdraw(first));
    assertEquals(
        new SchedulerCommand.Assigned(second, HOST, worker.getRef(), Optional.empty()),
        sector.receiveMessage());
  }

  @Test
  void aCordonedHostTakesNoNewSectorAndIsListedSo() {
    TestProbe<SchedulerCommand.Ordered> ordered = KIT.createTestProbe();
    TestProbe<SchedulerCommand.Hosts> hosts = KIT.createTestProbe();
    announce();
    scheduler.tell(
        new SchedulerCommand.OrderHost(HOST, HostMode.CORDONED, "alice", ordered.getRef()));
    assertEquals(Optional.empty(), ordered.receiveMessage().refusal());

    submit(task(1, 1, TaskKind.ADD_PIECE));
    scheduler.tell(new SchedulerCommand.Explain(operator.getRef()));
    assertEquals(
        Map.of(
            task(1, 1, TaskKind.ADD_PIECE).toString(),
            "host a is cordoned; selkie hosts uncordon a ends that"),
        operator.receiveMessage().reasons());
    scheduler.tell(new SchedulerCommand.ListHosts(hosts.getRef()));
    assertEquals(HostMode.CORDONED, hosts.receiveMessage().hosts().get(0).mode());

    scheduler.tell(new SchedulerCommand.OrderHost(HOST, HostMode.OFF, "alice", ordered.getRef()));
    assertEquals(
        Optional.of("host a still announces itself: stop its node and its provers first"),
        ordered.receiveMessage().refusal());
    scheduler.tell(new SchedulerCommand.OrderHost(HOST, HostMode.OPEN, "alice", ordered.getRef()));
    assertEquals(HOST, ((SchedulerCommand.Assigned) sector.receiveMessage()).host());
  }

  /** Within its first seconds, not after as much silence as of a host that it had heard. */
  @Test
  void aNewSchedulerTellsOfAHostThatTheClusterGaveUpBefore() {
    TaskId proving = task(1, 5, TaskKind.COMMIT_2);
    MemberWatch.Follow follow = members.expectMessageClass(MemberWatch.Follow.class);
    Instant before = Instant.now().minusSeconds(10);
    follow.follower().tell(new FarmMembers.Seen(Map.of(), Map.of(HOST, before)));

    scheduler.tell(
        new SchedulerCommand.Resume(
            proving, Optional.of(TestTasks.TYPE), HOST, Optional.empty(), sector.getRef()));

    SchedulerCommand.HostAway away =
        (SchedulerCommand.HostAway) sector.receiveMessage(Duration.ofSeconds(10));
    assertEquals(HostLoss.SILENT, away.loss());
    assertEquals(proving, away.task());
  }

  @Test
  void aNewSchedulerLearnsFromSectorsAndWorkers() {
    TaskId running = task(1, 1, TaskKind.ADD_PIECE);
    TaskId next = task(2, 1, TaskKind.ADD_PIECE);
    submit(next);
    announce(running.attempt(1));
    scheduler.tell(
        new SchedulerCommand.Resume(
            running, Optional.of(TestTasks.TYPE), HOST, Optional.of(HOST), sector.getRef()));

    assertEquals(
        new SchedulerCommand.Assigned(running, HOST, worker.getRef(), Optional.empty()),
        sector.receiveMessage());
    scheduler.tell(new SchedulerCommand.Withdraw(running));
    assertEquals(
        new SchedulerCommand.Assigned(next, HOST, worker.getRef(), Optional.empty()),
        sector.receiveMessage());
  }
}
