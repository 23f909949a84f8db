package io.selkie.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.MemberWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What {@link ClusterSettings} are in Akka's words. */
final class ClusterConfig {
  private static final String ARTERY = "akka.remote.artery.";
  private static final String SERVICE = "selkie";

  /**
   * The side that loses asks for the lease two seconds after the other (Akka's default), hears that
   * it has not got it and ends its actors.
   */
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(3);

  private ClusterConfig() {}

  static Config of(ClusterSettings settings, HostId host) {
    Map<String, Object> akka = new HashMap<>();
    akka.put(ARTERY + "canonical.hostname", settings.address());
    akka.put(ARTERY + "canonical.port", settings.port());
    akka.put(
        "akka.cluster.roles",
        Stream.concat(settings.roles().stream(), Stream.of(MemberWatch.role(host))).toList());
    akka.put("akka.cluster.app-version", Build.version());
    akka.put("akka.cluster.sharding.role", ClusterSettings.COORDINATOR);
    akka.put("akka.cluster.singleton.role", ClusterSettings.COORDINATOR);
    akka.put("akka.cluster.singleton-proxy.role", ClusterSettings.COORDINATOR);
    akka.put("akka.cluster.failure-detector.acceptable-heartbeat-pause", settings.timing().pause());
    akka.put("akka.cluster.split-brain-resolver.stable-after", settings.timing().stableAfter());
    akka.put("akka.cluster.down-removal-margin", margin(settings.timing().stableAfter()));
    settings.tls().ifPresent(tls -> secure(akka, tls));
    settings.discovery().ifPresent(discovery -> bootstrap(akka, settings, discovery));
    return ConfigFactory.parseMap(akka, "selkie.cluster");
  }

  /** How long what ran on hosts that were given up has to end before it begins elsewhere. */
  private static Duration margin(Duration stableAfter) {
    Duration half = stableAfter.dividedBy(2);
    return half.compareTo(LEAST_MARGIN) > 0 ? half : LEAST_MARGIN;
  }

  private static void secure(Map<String, Object> akka, ClusterSettings.Tls tls) {
    String ssl = ARTERY + "ssl.";
    akka.put(ARTERY + "transport", "tls-tcp");
    akka.put(
        ssl + "ssl-engine-provider", "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
    akka.put(ssl + "rotating-keys-engine.key-file", tls.key().toString());
    akka.put(ssl + "rotating-keys-engine.cert-file", tls.certificate().toString());
    akka.put(ssl + "rotating-keys-engine.ca-cert-file", tls.authority().toString());
  }

  /** Its interface only tells who belongs to the cluster: nothing can be changed over it. */
  private static void bootstrap(
      Map<String, Object> akka, ClusterSettings settings, ClusterSettings.Discovery discovery) {
    akka.put("akka.management.http.hostname", settings.address());
    akka.put("akka.management.http.port", discovery.port());
    akka.put("akka.management.http.route-providers-read-only", true);
    String contact = "akka.management.cluster.bootstrap.contact-point-discovery.";
    akka.put(contact + "required-contact-point-nr", discovery.fewest());
    // A host that is down must not keep the others from beginning; that they are enough is above.
    akka.put(contact + "contact-with-all-contact-points", false);
    akka.put(
        contact + "service-name", discovery.service().isEmpty() ? SERVICE : discovery.service());
    String method =
        switch (discovery.method()) {
          case CONFIG -> "config";
          case DNS -> "akka-dns";
          case KUBERNETES -> "kubernetes-api";
        };
    akka.put(contact + "discovery-method", method);
    // Names of pods in the DNS are an option of the cluster's, and certificates do not have them.
    akka.put("akka.discovery.kubernetes-api.use-raw-ip", true);
    if (discovery.method() == ClusterSettings.Method.CONFIG) {
      akka.put(contact + "service-name", SERVICE);
      akka.put(
          "akka.discovery.config.services." + SERVICE + ".endpoints",
          discovery.hosts().stream()
              .map(host -> Map.of("host", host.host(), "port", host.port()))
              .toList());
    }
  }
}
