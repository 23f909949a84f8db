package io.selkie.cli;

import io.selkie.params.ParameterListener;
import io.selkie.proofs.PhaseFraction;
import io.selkie.proofs.ProofsProgress;
import java.util.OptionalLong;

/** Shows how far a phase is. It never goes back, though the library repeats some of its stages. */
final class PhaseProgress implements ProofsProgress.Listener {
  private static final long ALL = 1000;

  private final ParameterListener shown;
  private String operation = "";
  private long reached;

  PhaseProgress(ParameterListener shown) {
    this.shown = shown;
  }

  /**
   * A phase begins.
   *
   * @param newOperation its name at the native side: word of another one comes too late to count
   */
  synchronized void begin(String title, String newOperation) {
    operation = newOperation;
    reached = 0;
    shown.begin(title, OptionalLong.of(ALL), ParameterListener.Unit.PER_MILLE);
  }

  @Override
  public synchronized void onProgress(ProofsProgress now) {
    long perMille = PhaseFraction.perMille(now);
    if (now.operation().equals(operation) && !now.stage().isEmpty() && perMille >= reached) {
      shown.step(PhaseFraction.words(now));
      if (perMille > reached) {
        reached = perMille;
        shown.advanceTo(perMille);
      }
    }
  }

  /** The phase is over, done or not. */
  synchronized void end() {
    operation = "";
    shown.end();
  }
}
