package io.selkie.rpc;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableConfigOverride;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * JSON as Go writes it: capitalised names, standard base64 with padding, {@code null} for nothing.
 */
public final class RpcJson {
  /** Bytes of a request, of an answer and of a text in them: what Lotus takes at most. */
  public static final int MOST_BYTES = 100 << 20;

  /** Levels of arrays and objects: more than any type of the protocol has. */
  private static final int DEEPEST = 64;

  /** Digits: a number of the protocol has 64 bits, larger ones are texts. */
  private static final int LONGEST_NUMBER = 40;

  /** Reads and writes all that goes over the wire; unknown members are ignored, as Go does. */
  public static final ObjectMapper MAPPER = mapper();

  private RpcJson() {}

  private static ObjectMapper mapper() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST)
            .maxNumberLength(LONGEST_NUMBER)
            .maxStringLength(MOST_BYTES)
            .build();
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
        .addModule(new Jdk8Module())
        .addModule(FilecoinJson.module())
        .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .withConfigOverride(List.class, RpcJson::nullIsEmpty)
        .withConfigOverride(Map.class, RpcJson::nullIsEmpty)
        .withConfigOverride(Set.class, RpcJson::nullIsEmpty)
        .withCoercionConfig(
            LogicalType.Integer,
            coercion -> coercion.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Textual,
            coercion ->
                coercion
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  /** What Go calls nil; but what is in it has to be there. */
  private static void nullIsEmpty(MutableConfigOverride override) {
    override.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.FAIL));
  }

  /**
   * Reads a parameter or a result. Go's null is an empty list or map, and whatever else may be
   * missing is optional.
   *
   * @return empty if it is null, and of a type that has nothing for that
   * @throws IOException if it does not fit the type; also {@link IllegalArgumentException}
   */
  static Optional<Object> read(JsonNode given, JavaType type) throws IOException {
    JsonNode node =
        given.isNull() && type.isContainerType()
            ? type.isMapLikeType() ? MAPPER.createObjectNode() : MAPPER.createArrayNode()
            : given;
    Optional<Object> value = Optional.ofNullable(MAPPER.readerFor(type).readValue(node));
    if (value.isPresent()
        && value.get() instanceof Collection<?> elements
        && elements.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("there is nothing where an element should be");
    }
    return value;
  }
}
