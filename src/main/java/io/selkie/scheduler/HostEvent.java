package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.serialization.JournalEvent;
import java.time.Instant;

/** What is remembered of hosts: all else they say anew. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = HostEvent.HostJoined.class, name = "HostJoined"),
  @JsonSubTypes.Type(value = HostEvent.HostOrdered.class, name = "HostOrdered"),
  @JsonSubTypes.Type(value = HostEvent.HostForgotten.class, name = "HostForgotten"),
  @JsonSubTypes.Type(value = HostEvent.HostStopped.class, name = "HostStopped")
})
public sealed interface HostEvent extends JournalEvent {
  /** When it was persisted. */
  Instant at();

  /** The host. */
  HostId host();

  /** It announced itself for the first time. */
  record HostJoined(Instant at, HostId host) implements HostEvent {}

  /** An operator wants this of it. */
  record HostOrdered(Instant at, HostId host, HostMode mode, String by) implements HostEvent {}

  /** It is not listed any more, unless it announces itself again. */
  record HostForgotten(Instant at, HostId host, String by) implements HostEvent {}

  /** Its node was about to end in order, and its provers were not: it is to be waited for. */
  record HostStopped(Instant at, HostId host) implements HostEvent {}
}
