package io.selkie.api;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.PhaseFraction;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.TaskId;
import io.selkie.sector.SectorState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** In plain words: why a task, a sector or a host does not go on, or what it is at. */
final class ExplainRoutes {
  private static final int MOST_NAMED = 20;

  private final Operations operations;
  private final Known known;
  private final Replies replies;
  private final Patience patience;

  ExplainRoutes(Operations operations, Known known, Replies replies, Patience patience) {
    this.operations = operations;
    this.known = known;
    this.replies = replies;
    this.patience = patience;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/explain/{subject}", "explain")
            .needs(Permission.READ)
            .answers(200, 404, 503)
            .by(this::explain));
  }

  private record Reply(String subject, String kind, List<String> lines) {}

  private CompletionStage<HttpResponse> explain(Call call) {
    String subject = call.path().getOrDefault("subject", "");
    return patience
        .with(operations.hosts())
        .thenCompose(
            hosts ->
                patience
                    .with(operations.explain())
                    .thenCompose(reasons -> explain(subject, hosts, reasons)))
        .thenApply(replies::ok);
  }

  private CompletionStage<Reply> explain(
      String subject, List<HostStatus> hosts, Map<String, String> reasons) {
    Optional<HostStatus> host =
        hosts.stream().filter(one -> one.host().value().equals(subject)).findFirst();
    if (host.isPresent()) {
      return done(subject, "host", ofHost(host.get(), reasons));
    }
    Optional<SectorId> sector = sector(subject);
    if (sector.isPresent()) {
      return known
          .require(sector.get())
          .thenCompose(facts -> patience.with(operations.state(sector.get())))
          .thenApply(
              state -> {
                List<String> lines = ofSector(state, hosts, reasons);
                operations.progress(sector.get()).ifPresent(told -> addProgress(told, lines));
                return new Reply(subject, "sector", lines);
              });
    }
    Optional<String> at =
        hosts.stream()
            .filter(one -> one.tasks().stream().anyMatch(task -> task.toString().equals(subject)))
            .map(one -> "it runs on host " + one.host())
            .findFirst();
    Optional<String> why = Optional.ofNullable(reasons.get(subject));
    if (why.isEmpty() && at.isEmpty()) {
      throw new ApiException(
          StatusCodes.NOT_FOUND,
          "nothing_known",
          "no task, sector or host of that name: GET /waiting and GET /hosts name them");
    }
    return done(subject, "task", List.of(why.or(() -> at).orElseThrow()));
  }

  private static void addProgress(ProofsProgress told, List<String> lines) {
    lines.add("its prover is at " + PhaseFraction.words(told));
    if (!told.note().isEmpty()) {
      lines.add(
          "selkie.prover.precommit1.pairs of that host says when two sectors share a core, and"
              + " pair-patience how long one waits for another");
    }
  }

  private static CompletionStage<Reply> done(String subject, String kind, List<String> lines) {
    return CompletableFuture.completedStage(new Reply(subject, kind, lines));
  }

  private static Optional<SectorId> sector(String text) {
    try {
      return Optional.of(SectorId.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // it is something else
    }
  }

  private static List<String> ofHost(HostStatus host, Map<String, String> reasons) {
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (host.mode()) {
          case OPEN -> "it is open: it takes what it has room for";
          case CORDONED -> "it is cordoned: it goes on with its own sectors and takes no others";
          case DRAINING_SECTORS ->
              "it is drained of its sectors: they go on to their end, no others begin";
          case DRAINING_PHASES -> "it is drained: what runs comes to its end, nothing begins";
          case EVACUATING ->
              "it is evacuated: what runs comes to its end, then its sectors move to other hosts";
          case OFF -> "it was removed: by its operator's word nothing writes there any more";
        });
    host.loss()
        .ifPresent(
            loss ->
                lines.add(
                    switch (loss) {
                      case SILENT -> "it is silent, and may be restarting";
                      case LOST -> "it is lost: it was silent beyond selkie.hosts.grace";
                      case REMOVED -> "its sectors were given up";
                    }));
    host.heardAt().ifPresent(at -> lines.add("it was last heard at " + at));
    host.unfit().ifPresent(why -> lines.add("it takes no work: " + why));
    lines.add(host.sectors().size() + " sectors have files there");
    host.tasks().stream()
        .map(TaskId::toString)
        .sorted()
        .limit(MOST_NAMED)
        .forEach(task -> lines.add(task + " runs there"));
    new TreeMap<>(reasons)
        .entrySet().stream()
            .filter(reason -> (reason.getValue() + " ").contains("host " + host.host()))
            .limit(MOST_NAMED)
            .forEach(reason -> lines.add(reason.getKey() + ": " + reason.getValue()));
    return lines;
  }

  private static List<String> ofSector(
      SectorState state, List<HostStatus> hosts, Map<String, String> reasons) {
    List<String> lines = new ArrayList<>();
    if (!(state instanceof SectorState.Known known)) {
      lines.add("nothing is known of it");
      return lines;
    }
    known.facts().filesOn().ifPresent(host -> lines.add("its files are on host " + host));
    known
        .facts()
        .lost()
        .ifPresent(
            host ->
                lines.add(
                    "that host is lost: start it again, or say selkie hosts remove "
                        + host
                        + " --host-is-off"));
    known
        .facts()
        .moves()
        .aside()
        .ifPresent(
            task ->
                lines.add(
                    known
                            .facts()
                            .moves()
                            .heading()
                            .map(to -> "it moves to host " + to + ", which goes on with ")
                            .orElse("it has moved, and leaves its former host before ")
                        + task.id().kind()));
    if (state instanceof SectorState.Waiting waiting) {
      String task = waiting.task().id().toString();
      waiting
          .notBefore()
          .ifPresent(at -> lines.add(task + " is tried again at " + at + " after a failure"));
      lines.add(task + " waits: " + reasons.getOrDefault(task, "it is being placed"));
    } else if (state instanceof SectorState.Placed placed) {
      String task = placed.task().id().toString();
      lines.add(
          task
              + (state instanceof SectorState.Stopping ? " is being ended" : " runs")
              + " on host "
              + placed.assignment().host()
              + " since "
              + placed.assignment().at());
      Optional.ofNullable(reasons.get(task)).ifPresent(lines::add);
      hosts.stream()
          .filter(host -> host.host().equals(placed.assignment().host()))
          .flatMap(host -> host.loss().stream())
          .forEach(loss -> lines.add("that host is " + loss));
    } else if (state instanceof SectorState.Failed failed) {
      lines.add(failed.task().id() + " failed: " + failed.failure().message());
    } else if (state instanceof SectorState.Aborted aborted) {
      lines.add(aborted.task().id() + " was aborted: selkie sectors retry goes on");
    } else if (state instanceof SectorState.Removed) {
      lines.add("it was removed");
    } else {
      lines.add(
          known.facts().phase()
              + (known.facts().phaseDone() ? " is done" : " is not done")
              + ": its driver has asked for nothing more");
    }
    return lines;
  }
}
