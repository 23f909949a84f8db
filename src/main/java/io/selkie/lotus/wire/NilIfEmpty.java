package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/** An empty list is written as {@code null}, as Go writes one that was never made. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@JacksonAnnotationsInside
@JsonSerialize(using = NilIfEmpty.Nil.class)
@interface NilIfEmpty {
  /** Writes such a list. */
  final class Nil extends JsonSerializer<List<?>> {
    @Override
    public void serialize(List<?> list, JsonGenerator json, SerializerProvider types)
        throws IOException {
      if (list.isEmpty()) {
        json.writeNull();
      } else {
        types.defaultSerializeValue(List.copyOf(list), json);
      }
    }
  }
}
