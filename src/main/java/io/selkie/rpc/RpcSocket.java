package io.selkie.rpc;

import akka.Done;
import akka.actor.ClassicActorSystemProvider;
import java.net.URI;
import java.util.concurrent.CompletionStage;

/**
 * The other side of an RPC interface over one WebSocket: many calls at once, and methods that give
 * a stream of values. A stage that its caller ends early, by cancelling it or by a timeout, cancels
 * the call there.
 *
 * <p>A call that was under way when the connection ended fails with {@link java.io.IOException}, as
 * nobody knows whether it was done, and so does one that is made while there is no connection; a
 * method that is {@link Retried} is called again instead. A stream fails the same way: who needs
 * its values asks for a new one. One that is read so slowly that 1024 values wait fails too.
 */
public final class RpcSocket<T> implements AutoCloseable {
  private final Reconnecting transport;
  private final T api;

  private RpcSocket(Class<T> contract, Reconnecting transport) {
    this.transport = transport;
    this.api = RpcClient.over(transport, contract);
  }

  /**
   * Opens it. Calls may be made at once.
   *
   * @param address such as {@code ws://127.0.0.1:1234/rpc/v1}; {@code http} is taken for {@code ws}
   * @param token shown when the connection is opened; empty: none
   * @param reconnects whether it is opened again when it is lost or cannot be had
   */
  public static <T> RpcSocket<T> open(
      Class<T> contract,
      URI address,
      String token,
      boolean reconnects,
      ClassicActorSystemProvider system) {
    return open(contract, address, token, reconnects, SocketTimes.USUAL, system);
  }

  static <T> RpcSocket<T> open(
      Class<T> contract,
      URI address,
      String token,
      boolean reconnects,
      SocketTimes times,
      ClassicActorSystemProvider system) {
    URI socket = URI.create(address.toString().replaceFirst("^http", "ws"));
    Reconnecting transport =
        new Reconnecting(socket, token, reconnects, times, system.classicSystem());
    RpcSocket<T> opened = new RpcSocket<>(contract, transport);
    transport.connect();
    return opened;
  }

  /** What can be called. */
  public T api() {
    return api;
  }

  /**
   * How the first attempt to open the connection went.
   *
   * @return fails with {@link java.io.IOException}, of one line; if it reconnects, it goes on
   */
  public CompletionStage<Done> connected() {
    return transport.first();
  }

  /** Ends the connection; calls that run are lost. */
  @Override
  public void close() {
    transport.close();
  }

  /** Completes when the connection has ended, after {@link #close} or for good. */
  public CompletionStage<Done> closed() {
    return transport.closed();
  }
}
