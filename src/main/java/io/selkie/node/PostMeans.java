package io.selkie.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.selkie.lotus.PostHost;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import io.selkie.params.ParameterVerifier;
import io.selkie.post.PostProofs;
import io.selkie.post.PostSettings;
import io.selkie.post.WorkerDevices;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.worker.Device;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** What this host makes proofs of spacetime with, if that is among its roles. */
final class PostMeans {
  private PostMeans() {}

  static Optional<PostHost.Means> of(
      NodeSettings settings,
      NodeParts parts,
      ActorRef<WorkerCommand> worker,
      ActorSystem<?> system) {
    if (!settings.cluster().provesSpacetime()) {
      return Optional.empty();
    }
    List<Device> devices = parts.worker().devices();
    return Optional.of(
        new PostHost.Means(
            PostProofs.of(parts.provers(), parts.local()),
            new WorkerDevices(worker, devices.get(0), system),
            devices.size(),
            settings.host().memory(),
            PostSettings.of(settings.config()),
            parameters(settings)));
  }

  private static PostHost.Parameters parameters(NodeSettings settings) {
    if (settings.test().standInProofs()) {
      return (size, set) -> {}; // they are made of nothing
    }
    ParameterVerifier verifier =
        new ParameterVerifier(
            ParameterManifest.production(),
            ParameterDirectory.fromEnvironment(settings.environment()));
    return (size, set) ->
        verifier
            .verify(
                size, EnumSet.of(set), ParameterVerifier.Depth.QUICK, ParameterListener.silent())
            .requireUsable();
  }
}
