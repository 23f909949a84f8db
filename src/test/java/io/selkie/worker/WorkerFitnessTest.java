package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.TestLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerFitnessTest {
  private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(KIT.system());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void anUnfitHostIsLookedAtEachMinuteUntilItIsFit(@TempDir Path temp) {
    TestProbe<SchedulerCommand> scheduler = KIT.createTestProbe();
    ScriptedMeans means = new ScriptedMeans(TestLimits.slots(Map.of()));
    means.unfit = Optional.of("the prover program is not there");
    KIT.spawn(
        Worker.create(
            new HostId("a"),
            new Worker.Parts(
                new ScriptedRunner(), means, List.of(), new LeaseFiles(temp), Runnable::run),
            scheduler.getRef(),
            (sector, report) -> {}));
    assertEquals(means.unfit, next(scheduler, true).unfit());

    means.unfit = Optional.empty();
    time.timePasses(Duration.ofSeconds(61));

    assertEquals(Optional.empty(), next(scheduler, false).unfit());
  }

  /** The next that says the host is unfit, or that it is fit. */
  private static SchedulerCommand.HostReport next(
      TestProbe<SchedulerCommand> scheduler, boolean unfit) {
    return (SchedulerCommand.HostReport)
        scheduler
            .fishForMessage(
                Duration.ofSeconds(10),
                message ->
                    message instanceof SchedulerCommand.HostReport report
                            && report.unfit().isPresent() == unfit
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore())
            .get(0);
  }
}
