package io.selkie.worker;

import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What a host has, as the test says. */
final class ScriptedMeans implements HostMeans {
  volatile HostLimits limits;
  volatile List<HostSector> sectors = List.of();
  volatile Optional<String> unfit = Optional.empty();

  /** How long a look at the disks takes. */
  volatile Duration look = Duration.ZERO;

  final AtomicInteger looks = new AtomicInteger();

  ScriptedMeans(HostLimits limits) {
    this.limits = limits;
  }

  @Override
  public HostLimits limits() {
    return limits;
  }

  @Override
  public List<HostSector> sectors() {
    return sectors;
  }

  @Override
  public void measure(Set<TaskId.Attempt> present) {
    looks.incrementAndGet();
    LockSupport.parkNanos(look.toNanos());
  }

  @Override
  public Optional<String> unfit() {
    return unfit;
  }
}
