package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSectorTest {
  private static final HostSector HERE =
      new HostSector(
          SectorId.parse("s-t01000-1"),
          SealProofType.STACKED_DRG_2KIB_V1_1,
          HostSector.Presence.SEALING,
          false);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHostOfAnEarlierVersionTellsOfNoRest(boolean absent) throws Exception {
    ActorTestKit kit = ActorTestKit.create();
    try {
      ObjectMapper wire =
          JacksonObjectMapperProvider.get(kit.system())
              .getOrCreate("jackson-cbor", Optional.empty());
      ObjectNode told = wire.valueToTree(HERE);
      if (absent) {
        told.remove("rest");
      } else {
        told.putNull("rest");
      }

      assertEquals(HERE, wire.treeToValue(told, HostSector.class));
    } finally {
      kit.shutdownTestKit();
    }
  }
}
