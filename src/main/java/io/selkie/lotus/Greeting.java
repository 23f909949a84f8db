package io.selkie.lotus;

import akka.stream.StreamTcpException;
import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.MinerVersion;
import io.selkie.rpc.RpcException;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Looks whether a miner is one that this program can work for, as Lotus's worker does at start. */
final class Greeting {
  private final MinerAccess access;
  private final LotusNode.SizeCheck sizes;
  private final Executor blocking;

  /** For whoever can do his part for sectors of any size. */
  Greeting(MinerAccess access) {
    this(access, size -> {}, Runnable::run);
  }

  /**
   * Of a host.
   *
   * @param sizes of sectors that the host can do its part for
   */
  Greeting(MinerAccess access, LotusNode.SizeCheck sizes, Executor blocking) {
    this.access = access;
    this.sizes = sizes;
    this.blocking = blocking;
  }

  /**
   * A miner that it is.
   *
   * @param session of its process
   */
  record Met(MinerApi api, UUID session, MinerId miner, SectorSize sectorSize) {}

  /** It is no such miner, or does not let us in; the message says what to do. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String line) {
      super(line);
    }
  }

  /** Which process of the miner it is that runs now. */
  CompletionStage<UUID> session() {
    return access.api().thenCompose(MinerApi::session);
  }

  /** Fails with {@link Unfit} if it is none. */
  CompletionStage<Met> meet() {
    return access.address().thenCompose(this::meet);
  }

  private CompletionStage<Met> meet(MinerAddress address) {
    return access
        .api()
        .thenCompose(
            api ->
                api.version()
                    .thenCompose(
                        version -> {
                          requireVersion(address, version);
                          return api.authVerify(address.token());
                        })
                    .thenCompose(
                        allowed -> {
                          require(
                              allowed.contains(Permission.ADMIN),
                              "the token for the miner at "
                                  + address
                                  + " lacks admin: give the one that"
                                  + " `lotus-miner auth api-info --perm admin` prints");
                          return api.actorAddress();
                        })
                    .thenCompose(
                        actor ->
                            api.actorSectorSize(actor)
                                .thenCompose(this::requireSize)
                                .thenCompose(
                                    size ->
                                        api.session()
                                            .thenApply(
                                                session ->
                                                    new Met(api, session, actor.miner(), size)))))
        .exceptionallyCompose(
            trouble ->
                CompletableFuture.failedStage(
                    Stages.cause(trouble) instanceof RpcException refusal
                        ? new Unfit(
                            "the miner at "
                                + address
                                + " refuses this host: "
                                + refusal.getMessage()
                                + "; check MINER_API_INFO, or the file token in its repo")
                        : trouble));
  }

  /** What is missing is said now, and not by each proof after hours of other work. */
  private CompletionStage<SectorSize> requireSize(SectorSize size) {
    return Stages.blocking(
        blocking,
        () -> {
          try {
            sizes.require(size);
            return size;
          } catch (IOException e) {
            throw new Unfit(line(e));
          }
        });
  }

  private static void requireVersion(MinerAddress address, MinerVersion version) {
    require(
        version.apiVersion() == MinerVersion.API,
        "the miner at %s is %s with API version %#x; this program speaks %#x: run lotus-miner 1.36"
            .formatted(address, version.version(), version.apiVersion(), MinerVersion.API));
  }

  private static void require(boolean holds, String line) {
    if (!holds) {
      throw new CompletionException(new Unfit(line));
    }
  }

  /** Whether asking again is of no use. */
  static boolean isForGood(Throwable trouble) {
    return Stages.cause(trouble) instanceof Unfit;
  }

  /**
   * Whether nobody is there, or nothing says where: {@link MinerWatch} tells the operator that each
   * minute.
   */
  static boolean isAway(Throwable trouble) {
    for (Throwable one = trouble; one != null; one = one.getCause()) {
      if (one instanceof FileSystemException
          || one instanceof ConnectException
          || one instanceof UnknownHostException
          || one instanceof StreamTcpException) {
        return true;
      }
    }
    return false;
  }

  /** What went wrong. */
  static String line(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
