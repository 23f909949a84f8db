package io.selkie.lotus;

import akka.actor.typed.ActorSystem;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.rpc.RpcClient;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The miner's API, wherever the environment or the miner's files say it is now. */
public final class MinerAccess {
  private final Finder finder;
  private final ActorSystem<?> system;
  private final Executor blocking;
  private Optional<Known> known = Optional.empty();

  /** Says where the miner is; reads files. */
  @FunctionalInterface
  public interface Finder {
    /**
     * Where it is now.
     *
     * @throws IOException if nothing says so; one line
     */
    MinerAddress find() throws IOException;
  }

  private record Known(MinerAddress address, MinerApi api) {}

  /** The miner that the finder finds. */
  public MinerAccess(Finder finder, ActorSystem<?> system, Executor blocking) {
    this.finder = finder;
    this.system = system;
    this.blocking = blocking;
  }

  /** Where it is; fails with {@link IOException} if nothing says so. */
  CompletionStage<MinerAddress> address() {
    return Stages.blocking(blocking, finder::find);
  }

  /** Its API; fails with {@link IOException} if nothing says where it is. */
  CompletionStage<MinerApi> api() {
    return address().thenApply(this::at);
  }

  private synchronized MinerApi at(MinerAddress address) {
    if (known.isEmpty() || !known.get().address().equals(address)) {
      known =
          Optional.of(
              new Known(
                  address, RpcClient.of(MinerApi.class, address.rpc(), address.token(), system)));
    }
    return known.get().api();
  }
}
