package io.selkie.rpc;

import io.selkie.auth.Permission;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Who calls, by the token that comes with a request. */
@FunctionalInterface
public interface RpcCallers {
  /**
   * What a token allows.
   *
   * @return empty if it is not good; a failed stage if that cannot be known now
   */
  CompletionStage<Optional<Set<Permission>>> allowed(String token);
}
