package io.selkie.lotus;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.PostWorkerApi;
import io.selkie.params.ParameterSet;
import io.selkie.post.PostDevices;
import io.selkie.post.PostProofs;
import io.selkie.post.PostProver;
import io.selkie.post.PostSettings;
import io.selkie.rpc.RpcCallers;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcService;
import io.selkie.scheduler.HostId;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Proofs of spacetime of this host for a miner: one worker for each kind, with an address and a
 * session of its own, beside the one that the farm is for sealing.
 */
public final class PostHost {
  private final ActorSystem<?> system;
  private final Parts parts;
  private final Map<PostKind, PostWorker> workers = new EnumMap<>(PostKind.class);
  private final Map<String, RpcEndpoint> endpoints = new LinkedHashMap<>();

  /**
   * What a host makes them with.
   *
   * @param deviceCount how many Groth proofs it makes at once
   * @param memory bytes that provers may use
   * @param parameters looks for those that a proof needs
   */
  public record Means(
      PostProofs proofs,
      PostDevices devices,
      int deviceCount,
      long memory,
      PostSettings settings,
      Parameters parameters) {}

  /** Looks whether parameters of proofs are there and good; blocks. */
  @FunctionalInterface
  public interface Parameters {
    /**
     * Does nothing if they are.
     *
     * @throws IOException if they are not; one line that says what to run
     */
    void require(SectorSize size, ParameterSet set) throws IOException;
  }

  /**
   * What it works with.
   *
   * @param callers knows what a miner's tokens allow
   * @param period of looking whether the miner began anew
   */
  record Parts(
      HostId host,
      Means means,
      MinerAccess miner,
      StoragePaths paths,
      RpcCallers callers,
      Executor blocking,
      Duration period,
      InstantSource clock) {}

  PostHost(ActorSystem<?> system, Parts parts) {
    this.system = system;
    this.parts = parts;
    PostProver prover =
        new PostProver(
            new PostProver.Parts(
                parts.means().proofs(),
                parts.paths(),
                new MinerHolders(parts.miner(), parts.paths()),
                parts.means().devices(),
                parts.means().settings(),
                parts.blocking()));
    for (PostKind kind : PostKind.values()) {
      PostWorker worker =
          new PostWorker(
              new PostWorker.Parts(
                  kind, parts.host(), parts.means().deviceCount(), parts.means().memory(), prover));
      workers.put(kind, worker);
      endpoints.put(
          kind.path(),
          new RpcEndpoint(RpcService.of(PostWorkerApi.class, worker), parts.callers(), system));
    }
  }

  /** Answers a request for one of its workers; empty if it is for none. */
  Optional<CompletionStage<HttpResponse>> handle(HttpRequest request) {
    return Optional.ofNullable(endpoints.get(request.getUri().path()))
        .map(endpoint -> endpoint.handle(request));
  }

  /**
   * From now on the miner is told.
   *
   * @param base at which it reaches this host, such as {@code http://10.0.0.2:3456}
   */
  void begin(String base) {
    workers.forEach(
        (kind, worker) -> {
          ActorRef<?> link =
              system.systemActorOf(
                  PostLink.create(
                      new PostLink.Parts(
                          kind,
                          worker,
                          new Greeting(parts.miner()),
                          base + kind.path(),
                          parts.means().parameters(),
                          parts.blocking(),
                          parts.period(),
                          parts.clock())),
                  "post-" + kind.name().toLowerCase(Locale.ROOT),
                  Props.empty());
          system.log().debug("{}: {}", kind, link);
        });
  }
}
