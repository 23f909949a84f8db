package io.selkie.api;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Verification.Verified;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.http.Connection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A request that may go ahead.
 *
 * @param path the parts of the path that the template names
 * @param query the parameters, each one that the endpoint declares
 * @param caller whose token it is; empty where none is needed
 * @param connection that it came on
 */
record Call(
    HttpRequest request,
    Map<String, String> path,
    Map<String, String> query,
    Optional<Verified> caller,
    Connection connection) {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");

  /** The sector that the path names, in its one spelling. */
  SectorId sector() {
    return parsed(SectorId::parse, path.getOrDefault("sector", ""));
  }

  /** Who calls, for histories. */
  String subject() {
    return caller.map(Verified::subject).orElse("");
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** Whether it is said; not saying so is no. */
  boolean flag(String name) {
    String text = text(name).orElse("false");
    if (!text.equals("true") && !text.equals("false")) {
      throw invalid(name + " must be true or false");
    }
    return text.equals("true");
  }

  Optional<SectorId> sector(String name) {
    return text(name).map(text -> parsed(SectorId::parse, text));
  }

  SectorSize sectorSize(String name) {
    return parsed(
        SectorSize::parse,
        text(name).orElseThrow(() -> invalid("the parameter " + name + " is missing")));
  }

  /** The id under which the call may be repeated; a new one if none was given. */
  UUID requestId() {
    return text("request").map(Call::uuid).orElseGet(UUID::randomUUID);
  }

  /** A number from {@code least} to {@code most}. */
  Optional<Long> number(String name, long least, long most) {
    return text(name).map(text -> number(name, text, least, most));
  }

  /** The number that a caller sent. */
  static long number(String name, String text, long least, long most) {
    if (NUMBER.matcher(text).matches()) {
      try {
        long value = Long.parseLong(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Nineteen digits can be above 2^63; that is as wrong as any other number out of bounds.
        throw outOfBounds(name, least, most);
      }
    }
    throw outOfBounds(name, least, most);
  }

  private static ApiException outOfBounds(String name, long least, long most) {
    return invalid(name + " must be a number from " + least + " to " + most);
  }

  /** A uuid in its one spelling: {@link UUID#fromString} takes more. */
  static UUID uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      throw invalid("request must be a uuid");
    }
    throw invalid("request must be a uuid");
  }

  /** What a parser of values makes of a text that a caller sent. */
  static <T> T parsed(Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  static ApiException invalid(String message) {
    return new ApiException(StatusCodes.BAD_REQUEST, "invalid", message);
  }
}
