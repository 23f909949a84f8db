package io.selkie.lotus.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Cid;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Gives captured JSON other names in each run: who answers with what the capture has, and not with
 * what was said, is found out. The same name becomes the same other name.
 */
final class Disguise {
  private static final Pattern UUIDS =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  /** Texts of base64 from here on are randomness, proofs and results of phases. */
  private static final int LONG_TEXT = 44;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Random random = new Random();
  private final long moreSectors = 1L + random.nextInt(1 << 20);
  private final Map<String, String> names = new HashMap<>();

  JsonNode of(JsonNode node) {
    return of("", node);
  }

  private JsonNode of(String key, JsonNode node) {
    if (node.isObject()) {
      ObjectNode other = NODES.objectNode();
      node.properties()
          .forEach(field -> other.set(uuids(field.getKey()), of(field.getKey(), field.getValue())));
      return other;
    }
    if (node.isArray()) {
      ArrayNode other = NODES.arrayNode();
      node.forEach(element -> other.add(of("", element)));
      return other;
    }
    if (key.equals("Number") || key.equals("SectorNumber")) {
      return LongNode.valueOf(node.asLong() == 0 ? 0 : node.asLong() + moreSectors);
    }
    return node.isTextual() ? TextNode.valueOf(text(key, node.asText())) : node;
  }

  private String text(String key, String text) {
    if (key.equals("/")) {
      return names.computeIfAbsent(text, this::cid);
    }
    if (text.equals("<JWT>")) {
      return names.computeIfAbsent(text, known -> "jwt-" + UUID.randomUUID());
    }
    if (!key.equals("Message") && text.length() >= LONG_TEXT && text.matches("[A-Za-z0-9+/]+=*")) {
      return names.computeIfAbsent(text, this::bytes);
    }
    return uuids(text);
  }

  private String uuids(String text) {
    return UUIDS
        .matcher(text)
        .replaceAll(
            found ->
                names.computeIfAbsent(
                    found.group(),
                    known -> known.equals(NOBODY) ? known : UUID.randomUUID().toString()));
  }

  private String cid(String text) {
    Cid cid = Cid.parse(text);
    byte[] digest = new byte[cid.digest().size()];
    random.nextBytes(digest);
    return Cid.v1(cid.codec(), cid.multihashCode(), Bytes.of(digest)).toString();
  }

  private String bytes(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    random.nextBytes(bytes);
    bytes[bytes.length - 1] &= 0x3f; // randomness of a PoSt is a number of the field
    return Base64.getEncoder().encodeToString(bytes);
  }
}
