package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.params.ParameterDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The command line in this process, in a home of its own. */
final class SelkieRun {
  final Path home;
  final Map<String, String> environment = new HashMap<>();
  final ShownProgress shown = new ShownProgress();

  /** What a command that needs a node starts; null: nothing may be started. */
  @Nullable NodeLauncher launcher;

  /** What the file of settings says. */
  String file = "";

  String out = "";
  String err = "";

  SelkieRun(Path home) {
    this.home = home;
    environment.put("HOME", home.toString());
    environment.put("SELKIE_STATE_DIR", home.resolve("state").toString());
  }

  CommandContext context() {
    return new CommandContext(
        environment,
        this::settings,
        new ParameterDirectory(home.resolve("none")),
        () -> shown,
        order -> {
          if (launcher == null) {
            throw new AssertionError("no node may be started");
          }
          return launcher.start(order);
        });
  }

  private Config settings() {
    return ConfigFactory.parseMap(
            Map.of(
                "selkie.native.dir",
                home.resolve("native").toString(),
                "selkie.native.variant",
                "generic"))
        .withFallback(EnvironmentSettings.of(environment, ConfigFactory.defaultReference()))
        .withFallback(ConfigFactory.parseString(file))
        .withFallback(ConfigFactory.load());
  }

  /** Leaves files that look like the native side, as far as starting a node asks for it. */
  void withProofs() throws IOException {
    Path variant = Files.createDirectories(home.resolve("native/generic"));
    Files.writeString(variant.resolve("libselkie_native.so"), "");
    Files.writeString(variant.resolve("selkie-prover"), "");
    Files.setPosixFilePermissions(
        variant.resolve("selkie-prover"), PosixFilePermissions.fromString("rwx------"));
  }

  /** Runs a command; returns its status. */
  int run(String... arguments) {
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    SelkieCli.Called called = SelkieCli.called(context(), List.of(arguments));
    CommandLine command = called.command();
    command.setOut(new PrintWriter(output, true)).setErr(new PrintWriter(errors, true));
    int status = command.execute(called.line().toArray(String[]::new));
    out = output.toString();
    err = errors.toString();
    return status;
  }

  /** A launcher that gives this node, and keeps what it was asked for. */
  NodeLauncher giving(FakeNode node, AtomicReference<NodeLauncher.Order> asked) {
    return order -> {
      asked.set(order);
      return node;
    };
  }

  List<String> outLines() {
    return out.lines().toList();
  }
}
