package io.selkie.lotus;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.serialization.JournalEvent;
import java.time.Instant;
import java.util.UUID;

/** What happened to the link to a miner. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({@JsonSubTypes.Type(value = LinkEvent.SessionBegan.class, name = "SessionBegan")})
public sealed interface LinkEvent extends JournalEvent {
  /**
   * From now on the farm is this worker. A miner that knows it keeps calling the address that it
   * was registered with, so another address takes another session.
   *
   * @param url of its worker API
   */
  record SessionBegan(Instant at, UUID session, String url) implements LinkEvent {}
}
