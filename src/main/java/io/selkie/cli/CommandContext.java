package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import io.selkie.proofs.AbandonedJobs;
import io.selkie.proofs.Labeller;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.ProverPriorities;
import io.selkie.proofs.ProverProofs;
import io.selkie.proofs.ProverSettings;
import io.selkie.storage.StateDirectory;
import io.selkie.storage.StoragePaths;
import io.selkie.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the commands work with.
 *
 * @param environment of this process
 * @param settings read when a command needs them, so that {@code --help} always works
 * @param progress makes what shows the progress of one command
 * @param launcher starts a node in this process
 */
record CommandContext(
    Map<String, String> environment,
    Settings.Reader settings,
    ParameterDirectory parameters,
    Supplier<ParameterListener> progress,
    NodeLauncher launcher) {
  private static final String STAND_IN = "selkie.test.stand-in-proofs";

  static CommandContext of(Map<String, String> environment, NodeLauncher launcher) {
    return new CommandContext(
        environment,
        () -> Settings.load(environment),
        ParameterDirectory.fromEnvironment(environment),
        ParameterProgress::onStderr,
        launcher);
  }

  /**
   * The repo to work in, absolute: the one given, else that of the settings, else {@code
   * ~/.selkie}.
   *
   * @throws IOException if the settings cannot be read; one line
   */
  Path repo(Optional<Path> given) throws IOException {
    if (given.isEmpty()) {
      String set = settings.read().getString(RunPlan.REPO);
      return set.isEmpty() ? home().resolve(".selkie") : Path.of(set).toAbsolutePath().normalize();
    }
    return given.get().toAbsolutePath().normalize();
  }

  private Path home() {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    return Path.of(home).toAbsolutePath().normalize();
  }

  /**
   * The storage paths of a repo, as they are.
   *
   * @throws IOException if their lists or settings are wrong; one line
   */
  StoragePaths paths(Path repo) throws IOException {
    try {
      StateDirectory state = StateDirectory.of(repo, environment);
      return StoragePaths.look(StorageSettings.of(settings.read()).paths(repo, state));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (ConfigException e) {
      throw Settings.refusal(e);
    }
  }

  ParameterManifest manifest() {
    return ParameterManifest.production();
  }

  /**
   * Proofs in child processes that end with this one.
   *
   * @param repo an existing directory, whose state directory takes the jobs
   * @throws IOException if a setting is wrong or the native side is not there; one line
   */
  ProverProofs proofs(Path repo) throws IOException {
    return proofs(StateDirectory.of(repo, environment));
  }

  /** The same for work in no repo. */
  ProverProofs proofs() throws IOException {
    return proofs(StateDirectory.withoutRepo(environment));
  }

  private ProverProofs proofs(StateDirectory state) throws IOException {
    Native found = find();
    state.create();
    AbandonedJobs.remove(state.jobs());
    return new ProverProofs(
        new ProverSettings(
            found.library(),
            state.jobs(),
            found.priorities(),
            true,
            found.labeller().environment(),
            false));
  }

  /**
   * Does nothing if proofs can be run here: asked before anything is made for them.
   *
   * @throws IOException if a setting is wrong or the native side is not there; one line
   */
  void requireProofs() throws IOException {
    find();
  }

  /**
   * Whether provers only stand in for proofs, which tests have them do: they need no parameters.
   *
   * @throws IOException if a setting is wrong; one line
   */
  boolean standsIn() throws IOException {
    try {
      return settings.read().getBoolean(STAND_IN);
    } catch (ConfigException e) {
      throw Settings.refusal(e);
    }
  }

  private record Native(ProofsLibrary library, ProverPriorities priorities, Labeller labeller) {}

  private Native find() throws IOException {
    try {
      Config config = settings.read();
      return new Native(
          ProofsLibrary.find(config), ProverPriorities.of(config), Labeller.of(config));
    } catch (ConfigException e) {
      throw Settings.refusal(e);
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
