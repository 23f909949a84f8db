package io.selkie.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What goes back for one request: a result or an error.
 *
 * @param id of the request; JSON null if it could not be read
 */
record RpcAnswer(JsonNode id, JsonNode result, Optional<RpcException> error) {
  static RpcAnswer of(JsonNode id, JsonNode result) {
    return new RpcAnswer(id, result, Optional.empty());
  }

  static RpcAnswer failed(JsonNode id, RpcException error) {
    return new RpcAnswer(id, NullNode.instance, Optional.of(error));
  }

  /** Errors of methods are answers; those of the protocol are none. */
  int httpStatus() {
    return error
        .filter(RpcException::isOfProtocol)
        .map(failure -> failure.code() == RpcException.INVALID_REQUEST ? 400 : 500)
        .orElse(200);
  }

  /** In the order in which Go writes the members. */
  ObjectNode toJson() {
    ObjectNode json = RpcJson.MAPPER.createObjectNode();
    error.ifPresent(
        failure ->
            json.putObject("error")
                .put("code", failure.code())
                .put("message", failure.getMessage()));
    json.set("id", id);
    json.put("jsonrpc", "2.0");
    if (error.isEmpty()) {
      json.set("result", result);
    }
    return json;
  }
}
