package io.selkie.view;

import akka.persistence.typed.PersistenceId;

/**
 * An event as the journal has it.
 *
 * @param offset its place among all events of the journal
 * @param persistenceId of the actor that persisted it, such as {@code Sector|s-t01000-1}
 * @param sequence its place among that actor's events, from 1
 */
public record ProjectedEvent<E>(long offset, String persistenceId, long sequence, E event) {
  /** What kind of actor it is of, such as {@code Sector}. */
  public String source() {
    return PersistenceId.extractEntityType(persistenceId);
  }

  /** Which actor of that kind, such as {@code s-t01000-1}. */
  public String entityId() {
    return PersistenceId.extractEntityId(persistenceId);
  }
}
