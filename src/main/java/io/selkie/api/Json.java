package io.selkie.api;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** Reads the bodies that callers send: small, flat, and nothing that is not asked for. */
final class Json {
  private static final long MAX_BODY = 16 << 10;
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(10);

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxNumberLength(32)
                          .maxStringLength((int) MAX_BODY)
                          .build())
                  .build())
          .addModules(new Jdk8Module(), new ParameterNamesModule())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private final ActorSystem<?> system;

  Json(ActorSystem<?> system) {
    this.system = system;
  }

  /** The body as an object of this type, whose fields may be missing. */
  <T> CompletionStage<T> read(HttpRequest request, Class<T> type) {
    boolean isJson =
        request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON);
    if (!isJson) {
      throw new ApiException(
          StatusCodes.UNSUPPORTED_MEDIA_TYPE,
          "not_json",
          "send the body as JSON, with Content-Type: application/json");
    }
    return request
        .entity()
        .withSizeLimit(MAX_BODY)
        .toStrict(BODY_TIMEOUT.toMillis(), system)
        .exceptionally(
            failure -> {
              throw new CompletionException(
                  Stages.cause(failure) instanceof TimeoutException
                      ? new ApiException(
                          StatusCodes.REQUEST_TIMEOUT, "stalled", "the body did not come in time")
                      : failure);
            })
        .thenApply(body -> parse(body, type));
  }

  private static <T> T parse(HttpEntity.Strict body, Class<T> type) {
    try {
      T value = MAPPER.readValue(body.getData().toArrayUnsafe(), type);
      if (value == null) {
        throw Call.invalid("the body must be a JSON object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw Call.invalid("the body has a field that is not known here: see openapi.json");
    } catch (JsonProcessingException e) {
      throw Call.invalid("the body is not the JSON object that is expected: see openapi.json");
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory does no I/O", e);
    }
  }
}
