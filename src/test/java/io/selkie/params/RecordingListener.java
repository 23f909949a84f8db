package io.selkie.params;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Remembers what it was told. */
final class RecordingListener implements ParameterListener {
  final List<String> tasks = Collections.synchronizedList(new ArrayList<>());
  final List<String> messages = Collections.synchronizedList(new ArrayList<>());
  private final Consumer<String> onMessage;
  private long last;

  RecordingListener() {
    this(line -> {});
  }

  RecordingListener(Consumer<String> onMessage) {
    this.onMessage = onMessage;
  }

  @Override
  public void begin(String task, OptionalLong total, Unit unit) {
    tasks.add(task);
    last = 0;
  }

  @Override
  public void advanceTo(long done) {
    last = done;
  }

  @Override
  public void step(String name) {}

  @Override
  public void end() {}

  @Override
  public void message(String line) {
    messages.add(line);
    onMessage.accept(line);
  }

  /** How far the last task came. */
  long last() {
    return last;
  }
}
