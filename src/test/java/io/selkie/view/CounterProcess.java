package io.selkie.view;

import static io.selkie.view.TestDatabase.sector;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process with counters that count until it is killed. It prints each number once it is
 * persisted, such as {@code s-t01000-3 17}.
 */
final class CounterProcess {
  static final List<SectorId> SECTORS =
      List.of(sector(1000, 1), sector(1000, 2), sector(1000, 3), sector(1000, 4));

  private CounterProcess() {}

  static Process start(Path state) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of(CounterProcess.class.getName(), state.toString()));
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** The arguments: the state directory. */
  public static void main(String[] arguments) throws IOException {
    CounterNode node = new CounterNode(Path.of(arguments[0]));
    node.project(CounterNode::handle, offset -> {});
    Map<SectorId, ActorRef<Counter.Count>> counters = new HashMap<>();
    Map<SectorId, TestProbe<Long>> answers = new HashMap<>();
    for (SectorId sector : SECTORS) {
      counters.put(sector, node.counter(sector));
      answers.put(sector, node.actors.createTestProbe());
    }
    while (true) {
      counters.forEach(
          (sector, counter) -> counter.tell(new Counter.Count(answers.get(sector).ref())));
      answers.forEach(
          (sector, answer) -> System.out.println(sector + " " + answer.receiveMessage()));
    }
  }
}
