package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON of every value, with a bare mapper and with the modules that the node uses. */
class JsonFormsTest {
  private static final String HEX = "0a".repeat(31) + "1f";
  private static final ObjectMapper BARE = new ObjectMapper();
  private static final ObjectMapper WITH_MODULES = JsonMapper.builder().findAndAddModules().build();

  private record Holder(SectorId sector, CommR commR, SealProofType type, SealProof proof) {}

  static Stream<Arguments> forms() {
    Bytes bytes = Bytes.of(new byte[] {1, 2, 3, 4});
    String hex = '"' + HEX + '"';
    String base64 = "\"AQIDBA==\"";
    CommP commP = CommP.ofHex(HEX);
    PieceInfo piece = new PieceInfo(new PaddedSize(2048), commP);
    PostProofType window = PostProofType.windowFor(SectorSize.KIB_2);
    String cid = "baga6ea4seaqcaijcemsckjrhfausukzmfuxc6mbrgiztinjwg44dsor3hq6t4py";
    return Stream.of(
        Arguments.of(Bytes32.ofHex(HEX), hex),
        Arguments.of(commP, hex),
        Arguments.of(CommD.ofHex(HEX), hex),
        Arguments.of(CommR.ofHex(HEX), hex),
        Arguments.of(Ticket.ofHex(HEX), hex),
        Arguments.of(Seed.ofHex(HEX), hex),
        Arguments.of(PostRandomness.ofHex(HEX), hex),
        Arguments.of(bytes, base64),
        Arguments.of(new SealProof(bytes), base64),
        Arguments.of(new UpdateProof(bytes), base64),
        Arguments.of(new AggregateProof(bytes), base64),
        Arguments.of(new PostProof(window, bytes), "{\"type\":10,\"bytes\":" + base64 + "}"),
        Arguments.of(piece, "{\"size\":2048,\"commP\":" + hex + "}"),
        Arguments.of(new PaddedSize(1L << 62), "4611686018427387904"),
        Arguments.of(new UnpaddedSize(127), "127"),
        Arguments.of(SectorSize.GIB_32, "34359738368"),
        Arguments.of(new MinerId(1000), "\"t01000\""),
        Arguments.of(SectorId.parse("s-t01000-1"), "\"s-t01000-1\""),
        Arguments.of(Cid.parse(cid), "{\"/\":\"" + cid + "\"}"));
  }

  static Stream<Arguments> ids() {
    return Stream.of(
            Stream.of(SealProofType.values()).map(type -> Arguments.of(type, "" + type.id())),
            Stream.of(PostProofType.values()).map(type -> Arguments.of(type, "" + type.id())),
            Stream.of(UpdateProofType.values()).map(type -> Arguments.of(type, "" + type.id())),
            Stream.of(AggregationType.values()).map(type -> Arguments.of(type, "" + type.id())))
        .flatMap(forms -> forms);
  }

  @ParameterizedTest
  @MethodSource({"forms", "ids"})
  void everyValueSurvivesItsJson(Object value, String json) throws JsonProcessingException {
    for (ObjectMapper mapper : new ObjectMapper[] {BARE, WITH_MODULES}) {
      assertEquals(json, mapper.writeValueAsString(value));
      assertEquals(value, mapper.readValue(json, value.getClass()));
    }
  }

  @Test
  void valuesWorkInsideARecord() throws JsonProcessingException {
    Holder holder =
        new Holder(
            SectorId.parse("s-t01000-1"),
            CommR.ofHex(HEX),
            SealProofType.forSectorSize(SectorSize.KIB_2),
            new SealProof(Bytes.of(new byte[192])));

    String json = WITH_MODULES.writeValueAsString(holder);

    assertEquals(holder, WITH_MODULES.readValue(json, Holder.class));
  }

  @Test
  void sectorsAndMinersWorkAsMapKeys() throws JsonProcessingException {
    Map<SectorId, MinerId> owners = Map.of(SectorId.parse("s-t01000-1"), new MinerId(1000));
    Map<MinerId, CommR> replicas = Map.of(new MinerId(1000), CommR.ofHex(HEX));

    String ownersJson = WITH_MODULES.writeValueAsString(owners);
    String replicasJson = WITH_MODULES.writeValueAsString(replicas);

    assertEquals("{\"s-t01000-1\":\"t01000\"}", ownersJson);
    assertEquals(
        owners, WITH_MODULES.readValue(ownersJson, new TypeReference<Map<SectorId, MinerId>>() {}));
    assertEquals(
        replicas,
        WITH_MODULES.readValue(replicasJson, new TypeReference<Map<MinerId, CommR>>() {}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"size\":2048}",
        "{\"size\":2048,\"commP\":null}",
        "{\"size\":null,\"commP\":\"0a\"}",
        "{\"size\":2047,\"commP\":\"0a\"}",
        "{\"size\":2048,\"commP\":\"0a\"}"
      })
  void refusesAnIncompleteOrWrongPiece(String json) {
    assertThrows(
        JsonProcessingException.class, () -> WITH_MODULES.readValue(json, PieceInfo.class));
  }

  @Test
  void refusesWrongContentInOtherForms() {
    assertThrows(
        JsonProcessingException.class, () -> BARE.readValue("\"s-t01000-01\"", SectorId.class));
    assertThrows(JsonProcessingException.class, () -> BARE.readValue("17", SealProofType.class));
    assertThrows(JsonProcessingException.class, () -> BARE.readValue("{}", Cid.class));
    assertThrows(JsonProcessingException.class, () -> BARE.readValue("{\"/\":null}", Cid.class));
    assertThrows(
        JsonProcessingException.class, () -> BARE.readValue("{\"type\":0}", PostProof.class));
  }
}
