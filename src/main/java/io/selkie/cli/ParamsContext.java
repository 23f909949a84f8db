package io.selkie.cli;

import io.selkie.params.FetchSettings;
import io.selkie.params.Generation;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * What the parameter commands work with.
 *
 * @param manifest the known files
 * @param directory where they lie
 * @param fetchSettings read when fetching only, so that a bad setting breaks nothing else
 * @param generation made when generating only, since it may load the proofs library
 * @param version recorded with generated files
 * @param progress shows how far a command is
 */
record ParamsContext(
    ParameterManifest manifest,
    ParameterDirectory directory,
    SettingsReader fetchSettings,
    Supplier<Generation> generation,
    String version,
    Supplier<? extends ParameterListener> progress) {

  /** Reads the settings, or fails with one line. */
  @FunctionalInterface
  interface SettingsReader {
    FetchSettings read() throws IOException;
  }
}
