package io.selkie.cli;

import io.selkie.params.ParameterListener;
import io.selkie.proofs.ProofsProgress;
import java.util.OptionalLong;

/** Shows how far a phase is. It never goes back, though the library repeats some of its stages. */
final class PhaseProgress implements ProofsProgress.Listener {
  private static final long ALL = 1000;

  private final ParameterListener shown;
  private String operation = "";
  private int part;
  private int parts = 1;
  private long reached;

  PhaseProgress(ParameterListener shown) {
    this.shown = shown;
  }

  /**
   * A phase begins.
   *
   * @param newOperation its name at the native side: word of another one comes too late to count
   * @param newParts how many calls it takes
   */
  synchronized void begin(String title, String newOperation, int newParts) {
    operation = newOperation;
    part = 0;
    parts = newParts;
    reached = 0;
    shown.begin(title, OptionalLong.of(ALL), ParameterListener.Unit.PER_MILLE);
  }

  /** One of its calls is over. */
  synchronized void partDone() {
    part = Math.min(part + 1, parts);
    advanceTo(ALL * part / parts);
  }

  @Override
  public synchronized void onProgress(ProofsProgress now) {
    long perMille = (ALL * part + PhaseFraction.perMille(now)) / parts;
    if (now.operation().equals(operation) && !now.stage().isEmpty() && perMille >= reached) {
      shown.step(PhaseFraction.words(now));
      advanceTo(perMille);
    }
  }

  private void advanceTo(long perMille) {
    if (perMille > reached) {
      reached = perMille;
      shown.advanceTo(perMille);
    }
  }

  /** The phase is over, done or not. */
  synchronized void end() {
    operation = "";
    shown.end();
  }
}
