package io.selkie.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostStatus;
import io.selkie.sector.SectorState;
import io.selkie.transfer.TransferActor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A node that remembers what it was told, and answers as a test wants. */
final class ScriptedOperations implements Operations {
  static final SectorId FIRST = SectorId.parse("s-t01000-1");

  final List<String> calls = new CopyOnWriteArrayList<>();

  /** Whose drivers were asked. */
  final List<SectorId> driven = new CopyOnWriteArrayList<>();

  final Map<UUID, SectorId> requests = new ConcurrentHashMap<>();
  final List<SpooledPiece> pieces = new CopyOnWriteArrayList<>();

  /** What comes instead of every answer. */
  volatile Optional<CompletionStage<Void>> instead = Optional.empty();

  volatile Function<Path, CompletionStage<Void>> unsealing = ScriptedOperations::writeHello;
  volatile CompletionStage<?> calledOff = new CompletableFuture<>();
  volatile List<Check> checks = List.of(new Check("journal", Optional.empty()));
  volatile SectorState state = new SectorState.Unknown(FIRST);
  volatile TransferActor.Overview transfers = new TransferActor.Overview(false, List.of());
  volatile Map<String, String> waiting = Map.of();
  volatile List<HostStatus> hosts = List.of();

  private static CompletionStage<Void> writeHello(Path target) {
    try {
      Files.writeString(target, "hello");
      return CompletableFuture.completedStage(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> CompletionStage<T> answer(String call, T value) {
    calls.add(call);
    return instead
        .map(stage -> stage.thenApply(nothing -> value))
        .orElseGet(() -> CompletableFuture.completedStage(value));
  }

  private CompletionStage<Begun> begin(String call, UUID request) {
    boolean repeated = requests.containsKey(request);
    return instead.isPresent()
        ? answer(call, new Begun(FIRST, false))
        : answer(
            call,
            new Begun(
                requests.computeIfAbsent(
                    request, id -> new SectorId(FIRST.miner(), requests.size() + 1L)),
                repeated));
  }

  @Override
  public CompletionStage<Begun> pledge(UUID request, SectorSize size) {
    return begin("pledge " + size, request);
  }

  @Override
  public CompletionStage<Begun> seal(UUID request, SectorSize size, List<SpooledPiece> spooled) {
    pieces.addAll(spooled);
    return begin("seal " + size + " " + spooled.size(), request);
  }

  @Override
  public CompletionStage<Void> abort(SectorId sector, String by, String cause) {
    return answer("abort " + sector + " by " + by + ": " + cause, null);
  }

  @Override
  public CompletionStage<Void> retry(SectorId sector, String by) {
    return answer("retry " + sector + " by " + by, null);
  }

  @Override
  public CompletionStage<Void> remove(SectorId sector, String by) {
    return answer("remove " + sector + " by " + by, null);
  }

  @Override
  public CompletionStage<Boolean> isNumbered(SectorId sector) {
    return CompletableFuture.completedStage(sector.equals(FIRST));
  }

  @Override
  public CompletionStage<SectorState> state(SectorId sector) {
    return answer("state " + sector, state);
  }

  @Override
  public Optional<ProofsProgress> progress(SectorId sector) {
    return sector.equals(FIRST)
        ? Optional.of(
            new ProofsProgress(
                "preCommit1", sector.toString(), "layer", 3, 11, 0, "in lock step with s-t01000-2"))
        : Optional.empty();
  }

  @Override
  public CompletionStage<Optional<JsonNode>> driver(SectorId sector) {
    driven.add(sector);
    return CompletableFuture.completedStage(
        sector.equals(FIRST)
            ? Optional.of(JsonNodeFactory.instance.objectNode().put("state", "WaitSeed"))
            : Optional.empty());
  }

  @Override
  public CompletionStage<Void> unseal(
      SectorId sector, long offset, Optional<Long> length, Path target, CompletionStage<?> off) {
    calledOff = off;
    return answer(
            "unseal " + sector + " " + offset + " " + length.map(String::valueOf).orElse("all"), "")
        .thenCompose(asked -> unsealing.apply(target));
  }

  @Override
  public CompletionStage<List<HostStatus>> hosts() {
    return answer("hosts", hosts);
  }

  @Override
  public CompletionStage<Void> orderHost(HostId host, HostMode mode, String by) {
    return answer("order " + host + " " + mode + " by " + by, null);
  }

  @Override
  public CompletionStage<Void> forgetHost(HostId host, String by) {
    return answer("forget " + host + " by " + by, null);
  }

  @Override
  public CompletionStage<TransferActor.Overview> transfers() {
    return CompletableFuture.completedStage(transfers);
  }

  @Override
  public CompletionStage<Void> pauseTransfers(Optional<SectorId> sector) {
    return answer("pause " + sector.map(SectorId::toString).orElse("all"), null);
  }

  @Override
  public CompletionStage<Void> resumeTransfers(Optional<SectorId> sector, String by) {
    return answer("resume " + sector.map(SectorId::toString).orElse("all") + " by " + by, null);
  }

  @Override
  public CompletionStage<Map<String, String>> explain() {
    return answer("explain", waiting);
  }

  @Override
  public CompletionStage<List<Check>> readiness() {
    return CompletableFuture.completedStage(checks);
  }
}
