package io.selkie.lotus;

import io.selkie.filecoin.Multiaddr;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the API of the miner as Lotus's worker does: the environment first (MINER_API_INFO, its old
 * name STORAGE_API_INFO), then the files {@code api} and {@code token} of the miner's repo. A miner
 * that has not written {@code api}, since it does not run, will listen where its {@code
 * config.toml} says.
 */
public final class MinerFinder {
  private static final List<String> INFO = List.of("MINER_API_INFO", "STORAGE_API_INFO");
  private static final List<String> REPO = List.of("LOTUS_MINER_PATH", "LOTUS_STORAGE_PATH");

  private static final Logger LOG = LoggerFactory.getLogger(MinerFinder.class);

  private final AtomicBoolean warned = new AtomicBoolean();
  private final Optional<Path> given;
  private final Map<String, String> environment;

  /**
   * Looks in this environment.
   *
   * @param given the miner's repo, if it was named
   */
  public MinerFinder(Optional<Path> given, Map<String, String> environment) {
    this.given = given;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Where the miner is. Files are read anew each time: a miner writes them when it starts.
   *
   * @throws IOException if nothing says so; one line that names what is missing or wrong, and no
   *     token
   */
  public MinerAddress find() throws IOException {
    for (String name : INFO) {
      String value = environment.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return ofInfo(name, value);
      }
    }
    Path repo = repo();
    Optional<ApiConfig> config =
        Files.exists(repo.resolve("api")) ? Optional.empty() : ApiConfig.in(repo);
    if (config.isPresent()) {
      HostPort configured = config.get().listen().orElse(ApiConfig.MINER);
      return new MinerAddress(reached(repo, configured), false, read(repo.resolve("token")));
    }
    String api = read(repo.resolve("api"));
    String token = read(repo.resolve("token"));
    try {
      return at(api, token);
    } catch (IllegalArgumentException e) {
      // What stands there may hold a token.
      throw new IOException(
          repo.resolve("api") + " is no address such as /ip4/127.0.0.1/tcp/2345/http", e);
    }
  }

  /** A miner whose repo is here, and that listens everywhere, listens here too. */
  private HostPort reached(Path repo, HostPort configured) {
    if (!configured.isAny()) {
      return configured;
    }
    if (!warned.getAndSet(true)) {
      LOG.warn(
          "{} has the miner listen on all addresses of its host: whoever reaches port {} may call"
              + " it, and needs a token for all that changes anything",
          repo.resolve("config.toml"),
          configured.port());
    }
    return new HostPort(configured.host().contains(":") ? "::1" : "127.0.0.1", configured.port());
  }

  /** The address of this host to the miner, as far as it can be told now. */
  public HostPort ownAddress() {
    try {
      return OwnAddress.towards(Optional.of(find().address()));
    } catch (IOException e) {
      return OwnAddress.towards(Optional.empty()); // it is said where the miner is looked for
    }
  }

  /** The miner's repo: the one named, else the environment's, else where Lotus has it. */
  public Path repo() {
    if (given.isPresent()) {
      return given.get();
    }
    for (String name : REPO) {
      String value = environment.getOrDefault(name, "");
      if (!value.isBlank()) {
        return Path.of(value);
      }
    }
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")));
    Path old = home.resolve(".lotusstorage");
    return Files.isDirectory(old) ? old : home.resolve(".lotusminer");
  }

  /** {@code TOKEN:ADDRESS}; of a list the first counts. */
  private static MinerAddress ofInfo(String name, String value) throws IOException {
    String first = value.split(",", -1)[0].strip();
    int colon = first.startsWith("/") ? -1 : first.indexOf(':');
    boolean hasToken = colon > 0 && !first.startsWith("//", colon + 1);
    try {
      return hasToken ? at(first.substring(colon + 1), first.substring(0, colon)) : at(first, "");
    } catch (IllegalArgumentException e) {
      // The text may hold the token at a wrong place.
      throw new IOException(
          name + " is not TOKEN:ADDRESS with an address such as /ip4/10.0.0.1/tcp/2345/http", e);
    }
  }

  private static MinerAddress at(String address, String token) {
    if (address.startsWith("/")) {
      Multiaddr parsed = Multiaddr.parse(address);
      return new MinerAddress(new HostPort(parsed.host(), parsed.port()), parsed.secure(), token);
    }
    URI url = URI.create(address);
    String scheme = String.valueOf(url.getScheme());
    boolean secure = scheme.equals("https") || scheme.equals("wss");
    if (url.getHost() == null || !(secure || scheme.equals("http") || scheme.equals("ws"))) {
      throw new IllegalArgumentException("not an address such as /ip4/127.0.0.1/tcp/2345/http");
    }
    int standard = secure ? 443 : 80;
    String host = url.getHost().replaceAll("[\\[\\]]", "");
    return new MinerAddress(
        new HostPort(host, url.getPort() < 0 ? standard : url.getPort()), secure, token);
  }

  private static String read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      throw new IOException(file + " is missing", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + " may not be read by this user", e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (text.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return text;
  }
}
