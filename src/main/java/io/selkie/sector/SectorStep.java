package io.selkie.sector;

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
}
