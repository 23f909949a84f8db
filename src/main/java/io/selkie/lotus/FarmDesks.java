package io.selkie.lotus;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallEffects;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.calls.CallState;
import io.selkie.scheduler.HostId;
import io.selkie.stages.Stages;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The desks of all hosts: whatever is asked goes to the host that has the files. */
final class FarmDesks implements CallEffects {
  private static final Duration FIND = Duration.ofSeconds(5);

  /** So often in a row a host is not found, while the farm's list of hosts may be late. */
  private static final int MOST_MISSES = 3;

  private static final Duration SMALL = Duration.ofSeconds(10);

  private static final Duration LEFT = Duration.ofSeconds(3);

  /** While the miner waits for the answer to its call. */
  private static final Duration ANNOUNCE = Duration.ofSeconds(5);

  /** A minute for a large piece: who has to wait longer asks again. */
  private static final Duration WORK = Duration.ofMinutes(1);

  /** The output of a Commit1 has up to 134 MB in JSON. */
  private static final Duration REPORT = Duration.ofMinutes(10);

  private final HostId host;
  private final Pieces pieces;
  private final ActorSystem<?> system;
  private final Map<UUID, Integer> misses = new ConcurrentHashMap<>();

  private final Supplier<CompletionStage<Set<HostId>>> hosts;

  /**
   * Of this host.
   *
   * @param hosts of the farm
   */
  FarmDesks(
      HostId host,
      Pieces pieces,
      ActorSystem<?> system,
      Supplier<CompletionStage<Set<HostId>>> hosts) {
    this.host = host;
    this.pieces = pieces;
    this.system = system;
    this.hosts = hosts;
  }

  /** The farm has no such host now. */
  private static final class HostIsAway extends IOException {
    private static final long serialVersionUID = 1;

    HostIsAway(HostId host) {
      super("host " + host + " has the files, and is away");
    }
  }

  @Override
  public CompletionStage<Boolean> isTakingPiece(HostId at, UUID call) {
    return at.equals(host)
        ? CompletableFuture.completedStage(pieces.isTaking(call))
        : this.<HostDesk.Answer>ask(at, SMALL, replyTo -> new HostDesk.IsTaking(call, replyTo))
            .thenApply(
                answer -> {
                  misses.remove(call);
                  return answer.yes();
                })
            .exceptionallyCompose(trouble -> missed(call, trouble));
  }

  /** What came to a host that left the farm is lost with its process. */
  private CompletionStage<Boolean> missed(UUID call, Throwable trouble) {
    if (Stages.cause(trouble) instanceof HostIsAway
        && misses.merge(call, 1, Integer::sum) >= MOST_MISSES) {
      misses.remove(call);
      return CompletableFuture.completedStage(false);
    }
    return CompletableFuture.failedStage(trouble);
  }

  @Override
  public CompletionStage<CallOutcome> dataCid(
      UUID call, CallOrder.DataCid order, Optional<Path> file) {
    return order.host().equals(host)
        ? pieces.desk().dataCids().of(call, order, file)
        : work(order.host(), replyTo -> new HostDesk.Compute(call, order, file, replyTo));
  }

  @Override
  public CompletionStage<Boolean> isAnywhere(SectorId sector, Set<FileType> types) {
    return pieces.desk().isAnywhere(sector, types);
  }

  @Override
  public CompletionStage<CallOutcome> store(
      UUID call, SectorId sector, CallOrder order, Optional<HostId> first) {
    return hosts
        .get()
        .thenCompose(
            all -> {
              Set<HostId> inTurn = new LinkedHashSet<>();
              first.ifPresent(inTurn::add);
              inTurn.add(order instanceof CallOrder.Download download ? download.host() : host);
              inTurn.add(host);
              all.stream().sorted().forEach(inTurn::add);
              return store(call, sector, order, first, List.copyOf(inTurn));
            });
  }

  /** The first that has a path for them; that one is away which has files counts, others do not. */
  private CompletionStage<CallOutcome> store(
      UUID call, SectorId sector, CallOrder order, Optional<HostId> first, List<HostId> inTurn) {
    HostId at = inTurn.get(0);
    List<HostId> others = inTurn.subList(1, inTurn.size());
    CompletionStage<CallOutcome> here =
        at.equals(host)
            ? pieces.desk().stored().store(call, sector, order)
            : work(at, replyTo -> new HostDesk.Store(call, sector, order, replyTo));
    if (others.isEmpty()) {
      return here;
    }
    return here.handle(
            (outcome, trouble) -> {
              boolean isFull = outcome instanceof CallOutcome.Failed failed && isNoRoom(failed);
              boolean isAway =
                  trouble != null
                      && !first.equals(Optional.of(at))
                      && Stages.cause(trouble) instanceof HostIsAway;
              return isFull || isAway ? store(call, sector, order, first, others) : here;
            })
        .thenCompose(next -> next);
  }

  private static boolean isNoRoom(CallOutcome.Failed failed) {
    return failed.failure().code().equals(StoredFiles.NO_SPACE);
  }

  private CompletionStage<CallOutcome> work(
      HostId at, Function<ActorRef<HostDesk.Worked>, HostDesk.Command> order) {
    return this.<HostDesk.Worked>ask(at, WORK, order)
        .thenApply(answer -> answer.outcome().orElseThrow(() -> problem(answer.problem())));
  }

  @Override
  public CompletionStage<Void> report(UUID call, CallState.Ended ended, Optional<HostId> at) {
    return left(ended.sector())
        .thenCompose(
            told ->
                at.map(host::equals).orElse(true)
                    ? pieces.desk().report(call, ended)
                    : this.<HostDesk.Answer>ask(
                            at.orElseThrow(),
                            REPORT,
                            replyTo -> new HostDesk.Report(call, ended, replyTo))
                        .thenAccept(FarmDesks::requireDone));
  }

  /**
   * A sector may have moved, and the miner looks for it wherever its index says. A host that does
   * not answer now is not waited for: nobody could fetch the sector there.
   */
  private CompletionStage<@Nullable Void> left(SectorId sector) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(HostDesk.ALL, replyTo),
            FIND,
            system.scheduler())
        .thenCompose(
            listing ->
                CompletableFuture.allOf(
                    listing.getServiceInstances(HostDesk.ALL).stream()
                        .map(other -> left(other, sector))
                        .toArray(CompletableFuture<?>[]::new)));
  }

  private CompletableFuture<HostDesk.@Nullable Answer> left(
      ActorRef<HostDesk.Command> other, SectorId sector) {
    return AskPattern.<HostDesk.Command, HostDesk.Answer>ask(
            other, replyTo -> new HostDesk.Left(sector, replyTo), LEFT, system.scheduler())
        .exceptionally(silent -> null)
        .toCompletableFuture();
  }

  /**
   * Has another host take the bytes of a call's piece, once the call asks for them.
   *
   * @return where they are to be pushed to; empty if nobody pushes them
   */
  CompletionStage<Optional<URI>> announce(
      HostId at, UUID call, String type, String info, long bytes) {
    return this.<HostDesk.Place>ask(
            at, ANNOUNCE, replyTo -> new HostDesk.Announce(call, type, info, bytes, replyTo))
        .thenApply(
            place -> {
              if (place.problem().isPresent()) {
                throw new CompletionException(new IOException(place.problem().get()));
              }
              return place.url().map(URI::create);
            });
  }

  private static void requireDone(HostDesk.Answer answer) {
    if (!answer.yes()) {
      throw problem(answer.problem());
    }
  }

  private static CompletionException problem(Optional<String> why) {
    return new CompletionException(new IOException(why.orElse("no reason given")));
  }

  private <T> CompletionStage<T> ask(
      HostId at, Duration patience, Function<ActorRef<T>, HostDesk.Command> order) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(HostDesk.key(at), replyTo),
            FIND,
            system.scheduler())
        .thenCompose(
            listing ->
                AskPattern.<HostDesk.Command, T>ask(
                    one(at, listing), order::apply, patience, system.scheduler()));
  }

  private static ActorRef<HostDesk.Command> one(HostId at, Receptionist.Listing listing) {
    return listing.getServiceInstances(HostDesk.key(at)).stream()
        .findFirst()
        .orElseThrow(() -> new CompletionException(new HostIsAway(at)));
  }
}
