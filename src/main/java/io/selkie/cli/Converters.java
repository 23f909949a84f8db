package io.selkie.cli;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.params.ParameterSet;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The field's words on the command line. */
final class Converters {
  private Converters() {}

  /** Teaches the command and its subcommands. */
  static void register(CommandLine command) {
    command.registerConverter(SectorSize.class, converter(SectorSize::parse));
    command.registerConverter(ParameterSet.class, converter(ParameterSet::parse));
    command.registerConverter(MinerId.class, converter(MinerId::parse));
    command.registerConverter(SectorId.class, converter(SectorId::parse));
    command.registerConverter(Ticket.class, converter(Ticket::ofHex));
    command.registerConverter(Seed.class, converter(Seed::ofHex));
    command.registerConverter(Phase.class, converter(Phase::parse));
    command.registerConverter(ByteRange.class, converter(ByteRange::parse));
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
