package io.selkie.sealing;

import static org.junit.jupiter.api.Assertions.assertAll;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.SerializationTestKit;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes from node to node arrives as it was sent. */
class SealingSerializationTest {
  private static ActorTestKit kit;
  private static SerializationTestKit serialization;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ConfigFactory.load());
    serialization = kit.serializationTestKit();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void everyState() {
    assertAll(
        SealingSamples.states().stream()
            .map(state -> () -> serialization.verifySerialization(state, true)));
  }

  @Test
  void everyStatus() {
    assertAll(
        SealingSamples.states().stream()
            .filter(SealingState.Known.class::isInstance)
            .map(
                state ->
                    () ->
                        serialization.verifySerialization(
                            new SealingSector.Status(
                                Optional.of(
                                    SealingStatus.of(
                                        (SealingState.Known) state, Optional.of("a seed"))),
                                List.of(Path.of("/spool/1"))),
                            true)));
  }
}
