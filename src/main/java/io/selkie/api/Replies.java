package io.selkie.api;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.stages.Stages;
import io.selkie.view.SectorHistory;
import io.selkie.view.ViewException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes answers. Values are written as the journal writes them; errors have one shape. */
final class Replies {
  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
  private static final List<HttpHeader> ALWAYS =
      List.of(
          CacheControl.create(CacheDirectives.NO_STORE),
          RawHeader.create("X-Content-Type-Options", "nosniff"));

  private final ObjectMapper mapper;

  /** The detail is JSON already. */
  interface WithJsonDetail {
    @JsonRawValue
    String detail();
  }

  Replies(ActorSystem<?> system) {
    mapper =
        JacksonObjectMapperProvider.get(system)
            .getOrCreate("jackson-json", Optional.empty())
            .copy()
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_ABSENT)
            .addMixIn(SectorHistory.class, WithJsonDetail.class);
  }

  HttpResponse ok(Object value) {
    return json(StatusCodes.OK, value);
  }

  HttpResponse json(StatusCode status, Object value) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, text(value)))
        .addHeaders(ALWAYS);
  }

  /** An answer that comes piece by piece. */
  static HttpResponse stream(ResponseEntity entity) {
    return HttpResponse.create().withEntity(entity).addHeaders(ALWAYS);
  }

  /** The value as JSON in one line. */
  String text(Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written as JSON: " + value, e);
    }
  }

  private record ErrorBody(String code, String message) {}

  private record ErrorReply(ErrorBody error) {}

  HttpResponse error(StatusCode status, String code, String message) {
    return json(status, new ErrorReply(new ErrorBody(code, message)));
  }

  /** The answer to a call that failed; a bug is logged, and its cause stays inside. */
  HttpResponse failure(Throwable thrown) {
    Throwable cause = Stages.cause(thrown);
    if (cause instanceof ApiException e) {
      return error(e.status(), e.code(), String.valueOf(e.getMessage())).addHeaders(e.headers());
    }
    if (cause instanceof OperationException e) {
      return error(status(e.kind()), code(e.kind()), String.valueOf(e.getMessage()));
    }
    if (cause instanceof EntityStreamSizeException) {
      return error(
          StatusCodes.CONTENT_TOO_LARGE, "too_large", "the body is larger than this call takes");
    }
    if (cause instanceof EntityStreamException) {
      return error(StatusCodes.BAD_REQUEST, "invalid", "the body was cut short: send it again");
    }
    if (cause instanceof ViewException) {
      LOG.warn("{}", cause.getMessage());
      return error(
          StatusCodes.SERVICE_UNAVAILABLE,
          "no_read_model",
          "the database cannot be read now: try again, and see the node's log");
    }
    if (cause instanceof TimeoutException) {
      return timeout();
    }
    LOG.error("a call of the API failed", cause);
    return error(StatusCodes.INTERNAL_SERVER_ERROR, "internal", "a fault of the node: see its log");
  }

  HttpResponse timeout() {
    return error(
        StatusCodes.SERVICE_UNAVAILABLE,
        "timeout",
        "no answer in time: look at the state before you repeat the call");
  }

  private static StatusCode status(OperationException.Kind kind) {
    return switch (kind) {
      case INVALID -> StatusCodes.BAD_REQUEST;
      case UNKNOWN -> StatusCodes.NOT_FOUND;
      case CONFLICT -> StatusCodes.CONFLICT;
      case UNAVAILABLE -> StatusCodes.SERVICE_UNAVAILABLE;
    };
  }

  private static String code(OperationException.Kind kind) {
    return switch (kind) {
      case INVALID -> "invalid";
      case UNKNOWN -> "unknown_sector";
      case CONFLICT -> "conflict";
      case UNAVAILABLE -> "unavailable";
    };
  }
}
