package io.selkie.view;

import io.selkie.serialization.JournalEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which {@link Projection.Handler} an event goes to, by its type. */
public final class EventHandlers {
  private final Map<Class<?>, Projection.Handler<?>> handlers = new LinkedHashMap<>();

  /** Events of this type, and of its children, go to this handler. */
  public <E extends JournalEvent> EventHandlers on(Class<E> type, Projection.Handler<E> handler) {
    handlers.put(type, handler);
    return this;
  }

  /**
   * Hands the event to its handler.
   *
   * @throws IllegalStateException if there is none: to skip it would leave a hole for ever
   */
  void handle(Connection connection, ProjectedEvent<Object> event) throws SQLException {
    for (Map.Entry<Class<?>, Projection.Handler<?>> entry : handlers.entrySet()) {
      if (entry.getKey().isInstance(event.event())) {
        @SuppressWarnings("unchecked") // put there under its own type, which was just checked
        Projection.Handler<Object> handler = (Projection.Handler<Object>) entry.getValue();
        handler.handle(connection, event);
        return;
      }
    }
    throw new IllegalStateException("no projection of " + event.event().getClass().getName());
  }
}
