package io.selkie.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Brings calls to the other side; its text is where that is. */
interface Transport {
  /**
   * Calls.
   *
   * @param id of the request
   * @return the method's result; fails as {@link RpcClient} says
   */
  CompletionStage<@Nullable Object> send(
      RpcInterface.RpcMethod method, long id, ObjectNode request);
}
