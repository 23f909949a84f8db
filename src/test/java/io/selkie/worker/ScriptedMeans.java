package io.selkie.worker;

import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a host has, as the test says. */
final class ScriptedMeans implements HostMeans {
  volatile HostLimits limits;
  volatile List<HostSector> sectors = List.of();
  volatile Optional<String> unfit = Optional.empty();

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
  public void measure(Set<TaskId.Attempt> present) {}

  @Override
  public Optional<String> unfit() {
    return unfit;
  }
}
