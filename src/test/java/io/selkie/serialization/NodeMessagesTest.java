package io.selkie.serialization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.jackson.JacksonCborSerializer;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every message that may go from node to node arrives as it was sent; none by Java's means. */
class NodeMessagesTest {
  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @TestFactory
  Stream<DynamicTest> everyMessageArrivesAsItWasSent() {
    RecordSamples samples = NodeMessageSamples.to(KIT.createTestProbe().getRef());
    List<Class<?>> messages = NodeMessageSamples.types();
    assertTrue(messages.size() > 30, "messages were not found: " + messages);
    return messages.stream()
        .map(
            message ->
                DynamicTest.dynamicTest(
                    message.getName().replaceFirst(".*\\.", ""),
                    () -> samples.of(message).forEach(NodeMessagesTest::survives)));
  }

  private static void survives(Object message) {
    Serializer serializer = SerializationExtension.get(KIT.system()).findSerializerFor(message);
    assertTrue(
        serializer instanceof JacksonCborSerializer, message.getClass() + " by " + serializer);
    KIT.serializationTestKit().verifySerialization(message, true);
  }

  @Test
  void objectsWithoutASerializerAreRefused() {
    assertFalse(KIT.system().settings().config().getBoolean("akka.actor.allow-java-serialization"));
    assertEquals(
        "DisabledJavaSerializer",
        SerializationExtension.get(KIT.system())
            .findSerializerFor(new java.util.BitSet())
            .getClass()
            .getSimpleName());
  }
}
