package io.selkie.cli;

import io.selkie.params.ParameterListener;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Writes down what is shown. */
final class ShownProgress implements ParameterListener {
  final List<String> shown = new ArrayList<>();

  @Override
  public void begin(String task, OptionalLong total, Unit unit) {
    shown.add("begin " + task + " of " + total.orElse(-1));
  }

  @Override
  public void advanceTo(long done) {
    shown.add(Long.toString(done));
  }

  @Override
  public void step(String name) {
    shown.add(name);
  }

  @Override
  public void end() {
    shown.add("end");
  }

  @Override
  public void message(String line) {
    shown.add("message " + line);
  }
}
