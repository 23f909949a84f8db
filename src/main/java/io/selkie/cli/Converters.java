package io.selkie.cli;

import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterSet;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The field's words on the command line. */
final class Converters {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  private Converters() {}

  /** Teaches the command and its subcommands. */
  static void register(CommandLine command) {
    command.registerConverter(SectorSize.class, converter(SectorSize::parse));
    command.registerConverter(ParameterSet.class, converter(ParameterSet::parse));
    command.registerConverter(SectorId.class, converter(SectorId::parse));
    command.registerConverter(Permission.class, converter(Permission::of));
    command.registerConverter(Duration.class, converter(Converters::duration));
    command.registerConverter(ByteSize.class, converter(ByteSize::parse));
    command.registerConverter(ByteRange.class, converter(ByteRange::parse));
  }

  private static Duration duration(String text) {
    Matcher form = DURATION.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time in seconds, minutes, hours or days, such as 12h or 30d");
    }
    long amount = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    };
  }
}
