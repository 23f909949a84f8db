package io.selkie.api;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.sector.SectorState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The hosts of the farm, and the operator's orders for them. */
final class HostRoutes {
  private final Operations operations;
  private final ReadModel readModel;
  private final Replies replies;
  private final Patience patience;
  private final Executor blocking;
  private final Clock clock;

  HostRoutes(
      Operations operations,
      ReadModel readModel,
      Replies replies,
      Patience patience,
      Executor blocking,
      Clock clock) {
    this.operations = operations;
    this.readModel = readModel;
    this.replies = replies;
    this.patience = patience;
    this.blocking = blocking;
    this.clock = clock;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/hosts", "listHosts").needs(Permission.READ).answers(200, 503).by(this::list),
        Endpoint.get("/hosts/{host}", "getHost")
            .needs(Permission.READ)
            .answers(200, 404, 503)
            .by(this::one),
        Endpoint.post("/hosts/{host}/cordon", "cordonHost")
            .needs(Permission.ADMIN)
            .answers(200, 409, 503)
            .by(call -> order(call, HostMode.CORDONED)),
        Endpoint.post("/hosts/{host}/uncordon", "uncordonHost")
            .needs(Permission.ADMIN)
            .answers(200, 409, 503)
            .by(call -> order(call, HostMode.OPEN)),
        Endpoint.post("/hosts/{host}/drain", "drainHost")
            .needs(Permission.ADMIN)
            .takes("until")
            .answers(200, 409, 503)
            .by(call -> order(call, boundary(call))),
        Endpoint.delete("/hosts/{host}", "removeHost")
            .needs(Permission.ADMIN)
            .takes("hostIsOff")
            .answers(200, 409, 503)
            .by(this::remove));
  }

  private record Slots(TaskKind kind, long used, int of) {}

  /**
   * A host.
   *
   * @param emptyAt when it will have come to where it is drained to, if that can be told
   */
  private record HostReply(
      HostId host,
      HostMode mode,
      Optional<HostLoss> loss,
      Optional<Instant> heardAt,
      Optional<String> unfit,
      Optional<Integer> maxTasks,
      List<Slots> slots,
      List<String> tasks,
      List<SectorId> sectors,
      int waiting,
      Optional<String> version,
      Optional<Instant> emptyAt) {}

  private record ListReply(List<HostReply> hosts) {}

  private static HostReply reply(HostStatus host, Optional<Instant> emptyAt) {
    List<Slots> slots =
        Arrays.stream(TaskKind.values())
            .filter(kind -> kind.isPhase() && kind.isPooled())
            .map(
                kind ->
                    new Slots(
                        kind,
                        host.tasks().stream().filter(task -> task.kind().pool() == kind).count(),
                        host.limits().map(limits -> limits.slots(kind)).orElse(0)))
            .toList();
    return new HostReply(
        host.host(),
        host.mode(),
        host.loss(),
        host.heardAt(),
        host.unfit(),
        host.limits().map(HostLimits::maxTasks),
        slots,
        host.tasks().stream().map(TaskId::toString).sorted().toList(),
        host.sectors().stream().map(sector -> sector.sector()).toList(),
        host.waiting(),
        host.version(),
        emptyAt);
  }

  private CompletionStage<HttpResponse> list(Call call) {
    return patience
        .with(operations.hosts())
        .thenApply(
            hosts ->
                replies.ok(
                    new ListReply(
                        hosts.stream().map(host -> reply(host, Optional.empty())).toList())));
  }

  private static HostId host(Call call) {
    return Call.parsed(HostId::new, call.path().getOrDefault("host", ""));
  }

  private CompletionStage<HttpResponse> one(Call call) {
    HostId id = host(call);
    return patience
        .with(operations.hosts())
        .thenCompose(
            hosts -> {
              HostStatus host =
                  hosts.stream()
                      .filter(known -> known.host().equals(id))
                      .findFirst()
                      .orElseThrow(
                          () ->
                              new ApiException(
                                  StatusCodes.NOT_FOUND,
                                  "no_such_host",
                                  "there is no host " + id + ": GET /hosts lists them"));
              return emptyAt(host).thenApply(at -> replies.ok(reply(host, at)));
            });
  }

  /** Of a host that is not drained nothing; that a sector does not answer leaves it open. */
  private CompletionStage<Optional<Instant>> emptyAt(HostStatus host) {
    boolean drained =
        host.mode() == HostMode.DRAINING_PHASES
            || host.mode() == HostMode.DRAINING_SECTORS
            || host.mode() == HostMode.EVACUATING;
    if (!drained || host.limits().isEmpty()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    CompletionStage<List<SectorState>> states = CompletableFuture.completedStage(List.of());
    for (var sector : host.sectors()) {
      states =
          states.thenCombine(
              patience.with(operations.state(sector.sector())),
              (before, state) -> {
                List<SectorState> more = new ArrayList<>(before);
                more.add(state);
                return more;
              });
    }
    return states
        .thenCompose(
            all ->
                patience.with(
                    CompletableFuture.supplyAsync(
                        () ->
                            DrainEstimate.of(host.mode(), host.limits().orElseThrow(), onHost(all))
                                .map(left -> clock.instant().plus(left)),
                        blocking)))
        .exceptionally(trouble -> Optional.empty());
  }

  private List<DrainEstimate.OnHost> onHost(List<SectorState> states) {
    Map<SectorSize, Map<TaskKind, Duration>> usual = new EnumMap<>(SectorSize.class);
    List<DrainEstimate.OnHost> sectors = new ArrayList<>();
    for (SectorState state : states) {
      if (state instanceof SectorState.Known known && !(state instanceof SectorState.Removed)) {
        SectorSize size = known.facts().proofType().sectorSize();
        sectors.add(
            new DrainEstimate.OnHost(
                known.facts().phase(),
                known.facts().phaseDone(),
                state instanceof SectorState.Running running
                        && running.task().id().kind() == known.facts().phase()
                    ? Optional.of(Duration.between(running.assignment().at(), clock.instant()))
                    : Optional.empty(),
                usual.computeIfAbsent(size, this::usual)));
      }
    }
    return sectors;
  }

  private Map<TaskKind, Duration> usual(SectorSize size) {
    Map<TaskKind, Duration> usual = new EnumMap<>(TaskKind.class);
    for (TaskKind kind : TaskKind.values()) {
      if (kind.isPhase()) {
        List<Duration> sorted = readModel.durations(kind, size).stream().sorted().toList();
        if (!sorted.isEmpty()) {
          usual.put(kind, sorted.get(sorted.size() / 2));
        }
      }
    }
    return usual;
  }

  private static HostMode boundary(Call call) {
    return switch (call.text("until").orElse("sector")) {
      case "phase" -> HostMode.DRAINING_PHASES;
      case "sector" -> HostMode.DRAINING_SECTORS;
      case "evacuate" -> HostMode.EVACUATING;
      default -> throw Call.invalid("until must be phase, sector or evacuate");
    };
  }

  private record Ordered(HostId host, HostMode mode) {}

  private CompletionStage<HttpResponse> order(Call call, HostMode mode) {
    HostId host = host(call);
    return patience
        .with(operations.orderHost(host, mode, call.subject()))
        .thenApply(done -> replies.ok(new Ordered(host, mode)));
  }

  private CompletionStage<HttpResponse> remove(Call call) {
    HostId host = host(call);
    return call.flag("hostIsOff")
        ? order(call, HostMode.OFF)
        : patience
            .with(operations.forgetHost(host, call.subject()))
            .thenApply(done -> replies.ok(Map.of("host", host, "mode", "forgotten")));
  }
}
