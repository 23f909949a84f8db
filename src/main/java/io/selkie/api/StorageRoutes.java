package io.selkie.api;

import akka.http.javadsl.model.HttpResponse;
import io.selkie.api.StorageOperations.PathReport;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.Orphan;
import io.selkie.storage.PathSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Storage paths of the node, and files on them that nothing needs. */
final class StorageRoutes {
  private final StorageOperations operations;
  private final Replies replies;
  private final Json json;
  private final Patience patience;

  StorageRoutes(StorageOperations operations, Replies replies, Json json, Patience patience) {
    this.operations = operations;
    this.replies = replies;
    this.json = json;
    this.patience = patience;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/storage", "listStorage")
            .needs(Permission.READ)
            .answers(200, 503)
            .by(this::list),
        Endpoint.post("/storage/attach", "attachStorage")
            .needs(Permission.ADMIN)
            .answers(200, 408, 409, 413, 415, 503)
            .readsBody()
            .by(this::attach),
        Endpoint.post("/storage/detach", "detachStorage")
            .needs(Permission.ADMIN)
            .answers(200, 408, 409, 413, 415, 503)
            .readsBody()
            .by(this::detach),
        Endpoint.get("/storage/orphans", "listOrphans")
            .needs(Permission.READ)
            .answers(200, 503)
            .by(this::orphans),
        Endpoint.post("/storage/gc", "collectOrphans")
            .needs(Permission.ADMIN)
            .answers(200, 408, 413, 415, 503)
            .readsBody()
            .by(this::collect));
  }

  /** Sizes are in bytes. */
  private record PathReply(
      String id,
      String path,
      long weight,
      boolean canSeal,
      boolean canStore,
      long maxStorage,
      List<String> groups,
      List<String> allowTo,
      List<String> allowTypes,
      List<String> denyTypes,
      List<String> allowMiners,
      List<String> denyMiners,
      Optional<Long> capacity,
      Optional<Long> available,
      int sectors,
      boolean serve,
      Optional<String> problem) {
    static PathReply of(PathReport report) {
      PathSettings settings = report.path().settings();
      return new PathReply(
          settings.id(),
          report.path().root().toString(),
          settings.weight(),
          settings.canSeal(),
          settings.canStore(),
          settings.maxStorage(),
          settings.groups(),
          settings.allowTo(),
          texts(settings.allowTypes()),
          texts(settings.denyTypes()),
          texts(settings.allowMiners()),
          texts(settings.denyMiners()),
          report.space().map(space -> space.capacity()),
          report.space().map(space -> space.available()),
          report.sectors(),
          report.served(),
          report.problem());
    }

    private static List<String> texts(Collection<?> values) {
      return values.stream().map(Object::toString).sorted().toList();
    }
  }

  private record ListReply(List<PathReply> paths) {}

  private CompletionStage<HttpResponse> list(Call call) {
    return patience
        .with(operations.paths())
        .thenApply(paths -> replies.ok(new ListReply(paths.stream().map(PathReply::of).toList())));
  }

  private record AttachBody(
      Optional<String> path,
      Optional<Boolean> init,
      Optional<Long> weight,
      Optional<Boolean> seal,
      Optional<Boolean> store,
      Optional<Boolean> serve,
      Optional<Long> maxStorage,
      Optional<List<String>> groups) {}

  private CompletionStage<HttpResponse> attach(Call call) {
    return json.read(call.request(), AttachBody.class)
        .thenCompose(
            body ->
                patience.with(
                    operations.attach(path(body), fresh(body), body.serve().orElse(false))))
        .thenApply(report -> replies.ok(PathReply.of(report)));
  }

  private static Path path(AttachBody body) {
    String text = body.path().orElseThrow(() -> Call.invalid("the body needs a field path"));
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw Call.invalid("path is no path of the node's host");
    }
    throw Call.invalid("path must begin with /: it is one of the node's host");
  }

  private static Optional<PathSettings> fresh(AttachBody body) {
    boolean init = body.init().orElse(false);
    boolean described =
        body.weight().isPresent()
            || body.seal().isPresent()
            || body.store().isPresent()
            || body.maxStorage().isPresent()
            || body.groups().isPresent();
    if (!init) {
      if (described) {
        throw Call.invalid("weight, seal, store, maxStorage and groups are for init: true");
      }
      return Optional.empty();
    }
    boolean seal = body.seal().orElse(false);
    boolean store = body.store().orElse(false);
    if (!seal && !store) {
      throw Call.invalid("a new path is for something: say seal or store, or both");
    }
    return Optional.of(
        PathSettings.fresh(
            notNegative("weight", body.weight().orElse(PathSettings.DEFAULT_WEIGHT)),
            seal,
            store,
            notNegative("maxStorage", body.maxStorage().orElse(0L)),
            groups(texts(body.groups()))));
  }

  private static long notNegative(String name, long value) {
    if (value < 0) {
      throw Call.invalid(name + " must be 0 or more");
    }
    return value;
  }

  /** JSON lets null stand in a list of texts. */
  private static List<String> texts(Optional<List<String>> texts) {
    List<String> list = texts.orElse(List.of());
    if (list.stream().anyMatch(Objects::isNull)) {
      throw Call.invalid("a list has a null in it");
    }
    return list;
  }

  private static List<String> groups(List<String> groups) {
    for (String group : groups) {
      if (!PathSettings.isGroup(group)) {
        throw Call.invalid("groups are names of 1 to 128 characters in one line");
      }
    }
    return groups;
  }

  private record DetachBody(Optional<String> path, Optional<Boolean> force) {}

  private CompletionStage<HttpResponse> detach(Call call) {
    return json.read(call.request(), DetachBody.class)
        .thenCompose(
            body ->
                patience.with(
                    operations.detach(
                        body.path().orElseThrow(() -> Call.invalid("the body needs a field path")),
                        body.force().orElse(false))))
        .thenApply(report -> replies.ok(PathReply.of(report)));
  }

  private record OrphanReply(
      String id,
      Orphan.Kind kind,
      Optional<SectorId> sector,
      List<String> files,
      long bytes,
      String reason,
      boolean onlyByName) {
    static OrphanReply of(Orphan orphan) {
      return new OrphanReply(
          orphan.id(),
          orphan.kind(),
          orphan.sector(),
          orphan.files().stream().map(Path::toString).toList(),
          orphan.bytes(),
          orphan.reason(),
          orphan.onlyByName());
    }
  }

  private record OrphansReply(List<OrphanReply> orphans) {}

  private CompletionStage<HttpResponse> orphans(Call call) {
    return patience
        .with(operations.orphans())
        .thenApply(
            orphans ->
                replies.ok(new OrphansReply(orphans.stream().map(OrphanReply::of).toList())));
  }

  private record CollectBody(Optional<List<String>> orphans, Optional<List<String>> sectors) {}

  private record CollectReply(List<OrphanReply> deleted, List<StorageOperations.Kept> kept) {}

  private CompletionStage<HttpResponse> collect(Call call) {
    return json.read(call.request(), CollectBody.class)
        .thenCompose(
            body -> {
              List<String> ids =
                  body.orphans()
                      .orElseThrow(() -> Call.invalid("the body needs a field orphans: their ids"));
              Set<SectorId> sectors = new LinkedHashSet<>();
              for (String sector : texts(body.sectors())) {
                sectors.add(Call.parsed(SectorId::parse, sector));
              }
              return patience.with(operations.collect(new HashSet<>(ids), sectors, call.subject()));
            })
        .thenApply(
            collected ->
                replies.ok(
                    new CollectReply(
                        collected.deleted().stream().map(OrphanReply::of).toList(),
                        collected.kept())));
  }
}
