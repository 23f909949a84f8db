package io.selkie.cli;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.selkie.params.FetchSettings;
import io.selkie.params.Generation;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterException;
import io.selkie.params.ParameterManifest;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code selkie params}: the Groth parameters of the proofs. */
@Command(
    name = "params",
    description = "Verify, fetch or generate the parameters of the proofs.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class ParamsCommand {
  private ParamsCommand() {}

  /**
   * The command with its subcommands, to be added to the root command.
   *
   * @param environment names the parameter directory and the first gateway
   * @param generation makes what generates; called when something is to be generated
   * @param version of Selkie, recorded with generated files
   */
  public static CommandLine create(
      Map<String, String> environment, Supplier<Generation> generation, String version) {
    return create(
        new ParamsContext(
            ParameterManifest.production(),
            ParameterDirectory.fromEnvironment(environment),
            () -> settings(environment),
            generation,
            version,
            ParameterProgress::onStderr));
  }

  static CommandLine create(ParamsContext context) {
    CommandLine params = new CommandLine(new ParamsCommand());
    params.addSubcommand(new ParamsVerify(context));
    params.addSubcommand(new ParamsFetch(context));
    params.addSubcommand(new ParamsGenerate(context));
    Converters.register(params);
    return params;
  }

  private static FetchSettings settings(Map<String, String> environment) throws ParameterException {
    try {
      return FetchSettings.from(environment, ConfigFactory.load());
    } catch (ConfigException e) {
      throw new ParameterException(String.valueOf(e.getMessage()), e);
    }
  }
}
