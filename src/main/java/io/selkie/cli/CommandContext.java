package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import io.selkie.proofs.AbandonedJobs;
import io.selkie.proofs.ProofsLibrary;
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
  private static final String NICE = "selkie.prover.nice";
  private static final int MAX_NICE = 19;

  static CommandContext of(Map<String, String> environment, NodeLauncher launcher) {
    return new CommandContext(
        environment,
        Settings::load,
        ParameterDirectory.fromEnvironment(environment),
        ParameterProgress::onStderr,
        launcher);
  }

  /** The repo to work in, absolute: the one given, else {@code ~/.selkie}. */
  Path repo(Optional<Path> given) {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    return given.orElseGet(() -> Path.of(home).resolve(".selkie")).toAbsolutePath().normalize();
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
        new ProverSettings(found.library(), state.jobs(), found.nice(), true, Map.of()));
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

  private record Native(ProofsLibrary library, int nice) {}

  private Native find() throws IOException {
    try {
      Config config = settings.read();
      return new Native(ProofsLibrary.find(config), nice(config));
    } catch (ConfigException e) {
      throw Settings.refusal(e);
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static int nice(Config config) throws IOException {
    int nice = config.getInt(NICE);
    if (nice < 0 || nice > MAX_NICE) {
      throw new IOException(NICE + " is " + nice + ": use 0 to " + MAX_NICE);
    }
    return nice;
  }
}
