package io.selkie.sector;

import java.util.ArrayList;
import java.util.List;

/**
 * What follows from something that a sector was told.
 *
 * @param events to persist, in one transaction
 * @param effects to do once they are persisted
 */
record SectorStep(List<SectorEvent> events, List<SectorEffect> effects) {
  /** The lists are copied. */
  SectorStep {
    events = List.copyOf(events);
    effects = List.copyOf(effects);
  }

  static SectorStep nothing() {
    return new SectorStep(List.of(), List.of());
  }

  static SectorStep only(SectorEffect... effects) {
    return new SectorStep(List.of(), List.of(effects));
  }

  /** For now: asked again later the answer may be another. */
  static SectorStep refuse(String reason) {
    return only(new SectorEffect.Reply(new Sector.Refused(reason, false)));
  }

  static SectorStep refuseForGood(String reason) {
    return only(new SectorEffect.Reply(new Sector.Refused(reason, true)));
  }

  /** Nothing is new, and what the state has under way is done once more. */
  static SectorStep resume(SectorState state) {
    return new SectorStep(List.of(), UnderWay.of(state));
  }

  /**
   * Events, and what is under way once they have happened.
   *
   * @param first effects that come before those
   */
  static SectorStep persist(
      SectorState state, List<? extends SectorEvent> events, List<? extends SectorEffect> first) {
    List<SectorEffect> effects = new ArrayList<>(first);
    effects.addAll(UnderWay.of(SectorTransitions.after(state, events)));
    return new SectorStep(List.copyOf(events), effects);
  }
}
