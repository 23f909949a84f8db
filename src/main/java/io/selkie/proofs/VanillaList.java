package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.selkie.filecoin.Bytes;
import java.io.IOException;
import java.util.List;

/**
 * The vanilla proofs of an update as a file: a JSON array of base64 strings, one for each
 * partition. The same proofs give the same bytes, so that a digest tells them.
 */
public final class VanillaList {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private VanillaList() {}

  /** The content of the file. */
  public static byte[] write(List<Bytes> proofs) {
    try {
      return JSON.writeValueAsBytes(proofs);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("bytes can always be written", e);
    }
  }

  /**
   * The proofs in the content of a file.
   *
   * @throws IllegalArgumentException if there are none; one line
   */
  public static List<Bytes> read(Bytes content) {
    try {
      return List.copyOf(
          JSON.readValue(content.toByteArray(), new TypeReference<List<Bytes>>() {}));
    } catch (IOException e) {
      throw new IllegalArgumentException("no vanilla proofs of an update", e);
    }
  }
}
