package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Path;

/** The JSON that the native side speaks. */
final class ProofsJson {
  private ProofsJson() {}

  static ObjectMapper mapper() {
    SimpleModule paths = new SimpleModule("paths");
    paths.addSerializer(Path.class, new AbsolutePath());
    return JsonMapper.builder()
        .addModule(new Jdk8Module())
        .addModule(paths)
        // Replies may gain fields within one ABI version.
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  /** Absolute, since a prover works in another directory; Jackson itself would write a URI. */
  private static final class AbsolutePath extends StdSerializer<Path> {
    private static final long serialVersionUID = 1L;

    AbsolutePath() {
      super(Path.class);
    }

    @Override
    public void serialize(Path path, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(path.toAbsolutePath().normalize().toString());
    }
  }
}
