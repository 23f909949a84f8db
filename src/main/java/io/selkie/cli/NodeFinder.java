package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the node that a command talks to: the one that {@value NodeAddress#VARIABLE} names, unless
 * the command names a repo; else the one that works on the repo, or one started for the occasion.
 */
final class NodeFinder {
  /** The setting of the port; 0 is any free one. */
  static final String PORT = "selkie.api.port";

  private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);
  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final long READY_POLL_MILLIS = 100;

  private final CommandContext context;
  private final Optional<Path> given;

  /**
   * For one command.
   *
   * @param given the repo that its command line names
   */
  NodeFinder(CommandContext context, Optional<Path> given) {
    this.context = context;
    this.given = given;
  }

  /** The repo of this host that the command works on; empty if the node is named otherwise. */
  Optional<Path> repo() throws IOException {
    boolean named =
        given.isEmpty() && !context.environment().getOrDefault(NodeAddress.VARIABLE, "").isBlank();
    return named ? Optional.empty() : Optional.of(context.repo(given));
  }

  /**
   * The node that runs.
   *
   * @throws IOException if none does; one line that says how to start one
   */
  NodeSession running() throws IOException, InterruptedException {
    Optional<NodeSession> found = find();
    if (found.isEmpty()) {
      Path repo = context.repo(given);
      throw new IOException(
          "no node works on "
              + repo
              + ": start one with: selkie dev"
              + (given.isPresent() ? " --repo " + repo : ""));
    }
    return found.get();
  }

  /** The node that runs, else one for the occasion in a repo that is there. */
  NodeSession runningOrStarted() throws IOException, InterruptedException {
    Optional<NodeSession> found = find();
    if (found.isPresent()) {
      return found.get();
    }
    Path repo = context.repo(given);
    if (!Files.isDirectory(repo)) {
      throw new IOException("there is no repo " + repo + ": selkie seal FILE makes one");
    }
    return start(repo);
  }

  /** The node that runs, else one for the occasion; its repo is made if it is not there. */
  NodeSession runningOrMade() throws IOException, InterruptedException {
    Optional<NodeSession> found = find();
    if (found.isPresent()) {
      return found.get();
    }
    Path repo = context.repo(given);
    List<Path> made = make(repo);
    try {
      NodeSession session = start(repo);
      made.clear();
      return session;
    } finally {
      removeEmpty(made);
    }
  }

  /** The node that runs, if there is one, once it takes work. */
  Optional<NodeSession> find() throws IOException, InterruptedException {
    Optional<Path> repo = repo();
    Optional<NodeAddress> address =
        repo.isPresent() ? addressOf(repo.get()) : NodeAddress.named(context.environment());
    if (address.isEmpty()) {
      return Optional.empty();
    }
    NodeClient client = new NodeClient(address.get().trusting(context.settings()));
    if (!client.isAlive()) {
      if (repo.isPresent()) {
        return Optional.empty(); // it was killed, and could not remove its file
      }
      throw new IOException("no node answers at " + address.get().base());
    }
    awaitReady(client);
    return Optional.of(new NodeSession(client, repo, Optional.empty()));
  }

  /**
   * Makes the repo.
   *
   * @return the directories that were made, innermost first
   */
  static List<Path> make(Path repo) throws IOException {
    List<Path> made = new ArrayList<>();
    for (@Nullable Path at = repo; at != null && !Files.exists(at); at = at.getParent()) {
      made.add(at);
    }
    try {
      Files.createDirectories(repo);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + ": not a directory", e);
    }
    return made;
  }

  /** Starts a node that serves this command alone. */
  private NodeSession start(Path repo) throws IOException, InterruptedException {
    context.requireProofs();
    Config config =
        context.settings().read().withValue(PORT, ConfigValueFactory.fromAnyRef(0, "the command"));
    NodeLauncher.Running node =
        context.launcher().start(new NodeLauncher.Order(repo, context.environment(), config));
    boolean ready = false;
    try {
      NodeAddress address =
          new NodeAddress(
                  NodeAddress.base(node.api().toString()),
                  tokens(StateDirectory.of(repo, context.environment())))
              .trusting(context.settings());
      NodeClient client = new NodeClient(address);
      awaitReady(client);
      ready = true;
      return new NodeSession(client, Optional.of(repo), Optional.of(node));
    } finally {
      if (!ready) {
        node.close();
      }
    }
  }

  private Optional<NodeAddress> addressOf(Path repo) throws IOException {
    if (!Files.isDirectory(repo)) {
      return Optional.empty();
    }
    StateDirectory state = StateDirectory.of(repo, context.environment());
    Path file = state.apiFile();
    try {
      URI base = NodeAddress.base(Files.readString(file));
      return Optional.of(new NodeAddress(base, tokens(state)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Each call gets a token of its own: it is of no use soon after. */
  private static Supplier<String> tokens(StateDirectory state) throws IOException {
    Tokens tokens = new Tokens(TokenSecret.in(state.path()), Clock.systemUTC());
    return () -> tokens.create(Permission.ADMIN, TOKEN_LIFE, "cli");
  }

  private static void awaitReady(NodeClient client) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    for (Optional<String> problem = client.notReady();
        problem.isPresent();
        problem = client.notReady()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the node takes no work: " + problem.get());
      }
      TimeUnit.MILLISECONDS.sleep(READY_POLL_MILLIS);
    }
  }

  private static void removeEmpty(List<Path> directories) throws IOException {
    for (Path directory : directories) {
      try {
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }
}
