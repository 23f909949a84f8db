package io.selkie.node;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.model.Uri;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts without seeds find each other by Akka Management: each has an interface that tells who
 * belongs to the farm, and asks those of the others. Where hosts speak TLS, both ends show
 * certificates of the farm there.
 */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

  private Bootstrap() {}

  /**
   * Who this host is there; empty: in the clear.
   *
   * @throws IOException if the files are not to be used; one line
   */
  static Optional<TlsIdentity> identity(ClusterSettings settings) throws IOException {
    if (settings.tls().isEmpty() || settings.discovery().isEmpty()) {
      return Optional.empty(); // remoting reads the files itself
    }
    ClusterSettings.Tls tls = settings.tls().get();
    return Optional.of(
        TlsIdentity.open(new TlsFiles(tls.key(), tls.certificate(), tls.authority())));
  }

  /** Opens the interface, and begins to look for the others. */
  static void start(ActorSystem<?> system, Optional<TlsIdentity> identity) {
    AkkaManagement management = AkkaManagement.get(system);
    CompletionStage<Uri> open =
        identity.isPresent() ? secured(system, management, identity.get()) : management.start();
    CompletionStage<Uri> unused =
        open.whenComplete(
            (url, trouble) -> {
              if (trouble != null) {
                LOG.error(
                    "the interface of bootstrap cannot be opened, so no host finds this one: {}:"
                        + " change selkie.cluster.discovery.port, or end who has it",
                    trouble.toString());
              }
            });
    ClusterBootstrap.get(system).start();
  }

  private static CompletionStage<Uri> secured(
      ActorSystem<?> system, AkkaManagement management, TlsIdentity identity) {
    // What asks the others has no setting of its own. Nobody else here calls by the default one.
    Http.get(system)
        .setDefaultClientHttpsContext(
            ConnectionContext.httpsClient((host, port) -> identity.client(host, port)));
    HttpsConnectionContext server = ConnectionContext.httpsServer(() -> identity.server(true));
    return management.start(settings -> settings.withHttpsConnectionContext(server));
  }
}
