package io.selkie.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.Bytes;
import io.selkie.serialization.JournalEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/**
 * An event as JSON for the history: as in the journal, but byte strings only by their length, and
 * an event with very many pieces only by its own. The journal has the whole.
 */
public final class EventDetail {
  private static final int LONGEST = 32_768;
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .registerModule(
              new SimpleModule()
                  .addSerializer(Bytes.class, new LengthOnly())
                  .addSerializer(Instant.class, ToStringSerializer.instance))
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

  private EventDetail() {}

  /** A JSON object of at most 32 Ki characters. */
  public static String of(JournalEvent event) {
    try {
      String detail = JSON.writeValueAsString(event);
      return detail.length() <= LONGEST
          ? detail
          : JSON.writeValueAsString(Map.of("omittedCharacters", detail.length()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event that cannot be shown as JSON", e);
    }
  }

  private static final class LengthOnly extends JsonSerializer<Bytes> {
    @Override
    public void serialize(Bytes bytes, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(bytes.size() + " bytes");
    }
  }
}
