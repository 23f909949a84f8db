package io.selkie.post;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.worker.Device;
import io.selkie.worker.Worker;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The devices of this host, which its worker hands out: one at a time to sealing and to proofs. */
public final class WorkerDevices implements PostDevices {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final ActorRef<WorkerCommand> worker;
  private final Device any;
  private final ActorSystem<?> system;

  /**
   * Those of a worker.
   *
   * @param any is worked on if the worker does not answer
   */
  public WorkerDevices(ActorRef<WorkerCommand> worker, Device any, ActorSystem<?> system) {
    this.worker = worker;
    this.any = any;
    this.system = system;
  }

  @Override
  public CompletionStage<Lease> lease(String holder, Duration patience) {
    Runnable over = () -> worker.tell(new Worker.DeviceIsFree(holder));
    return AskPattern.<WorkerCommand, Worker.DeviceGranted>ask(
            worker,
            replyTo -> new Worker.WantDevice(holder, patience, replyTo),
            patience.plus(ANSWER),
            system.scheduler())
        .thenApply(Worker.DeviceGranted::device)
        .exceptionally(trouble -> any)
        .thenApply(device -> new Lease(device, over));
  }
}
