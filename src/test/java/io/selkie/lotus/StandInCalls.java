package io.selkie.lotus;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.CallId;
import io.selkie.rpc.RpcException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The calls that run at workers. Those of the phases survive a restart of the miner; a result that
 * comes before its call is known is parked (LOTUS_WORKER_PROTOCOL.md 10.2, 15).
 */
public final class StandInCalls {
  private final Map<CallId, Call> known = new HashMap<>();
  private final Map<CallId, Result> parked = new HashMap<>();
  private final Map<String, CallId> running = new HashMap<>();
  private final Set<CallId> everSeen = new HashSet<>();
  private final Consumer<String> violations;
  private int repeated;

  /**
   * What a worker reported.
   *
   * @param method by which it did
   * @param value empty: the zero value, or none
   */
  public record Result(String method, Optional<Object> value, Optional<CallError> error) {}

  private record Call(String method, boolean tracked, CompletableFuture<Result> result) {}

  StandInCalls(Consumer<String> violations) {
    this.violations = violations;
  }

  /**
   * A worker accepted a call.
   *
   * @param method that started it, such as {@code sealPreCommit1}
   * @param key of the call's method and parameters, if it survives a restart
   */
  synchronized CompletableFuture<Result> started(
      String method, SectorId sector, CallId id, Optional<String> key) {
    if (!id.sector().equals(sector)) {
      violations.accept(method + " of " + sector + " was answered with the sector of " + id);
    }
    if (!everSeen.add(id)) {
      violations.accept(method + " of " + sector + " was answered with a call id of before");
    }
    Call call = new Call(method, key.isPresent(), new CompletableFuture<>());
    known.put(id, call);
    key.ifPresent(one -> running.put(one, id));
    Optional.ofNullable(parked.remove(id)).ifPresent(early -> deliver(id, call, early));
    return call.result;
  }

  /** The result of a call with these parameters that still runs, or that nobody took yet. */
  synchronized Optional<CompletableFuture<Result>> running(String key) {
    return Optional.ofNullable(running.get(key))
        .flatMap(id -> Optional.ofNullable(known.get(id)))
        .map(Call::result);
  }

  /** The result was taken: the same call would be another one. */
  synchronized void taken(String key) {
    running.remove(key);
  }

  /** The miner started anew: it knows nothing but the phases. */
  synchronized void restart() {
    known.values().removeIf(call -> !call.tracked);
    parked.clear();
  }

  /** A worker reports. */
  synchronized void report(CallId id, Result result) throws RpcException {
    Call call = known.get(id);
    if (call == null) {
      if (parked.putIfAbsent(id, result) != null) {
        repeated++;
        throw new RpcException("callRes channel already has a response");
      }
      return;
    }
    if (call.result.isDone()) {
      repeated++;
      if (!call.result.join().equals(result)) {
        violations.accept(id + " was reported twice, with other results: " + call.method);
      }
      throw new RpcException(
          call.tracked
              ? "result for call " + id + " already reported"
              : "callRes channel already has a response");
    }
    deliver(id, call, result);
  }

  private void deliver(CallId id, Call call, Result result) {
    String start = call.method.equals("downloadSectorData") ? "downloadSector" : call.method;
    String expected =
        "return" + start.substring(0, 1).toUpperCase(Locale.ROOT) + start.substring(1);
    if (!result.method.equals(expected)) {
      violations.accept(call.method + " was answered by " + result.method + ": " + id);
    }
    call.result.complete(result);
  }

  /** Results that were reported although the miner had them. */
  public synchronized int repeated() {
    return repeated;
  }

  /** Results of calls that nobody knows. */
  synchronized int parked() {
    return parked.size();
  }
}
