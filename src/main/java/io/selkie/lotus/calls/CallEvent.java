package io.selkie.lotus.calls;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.serialization.JournalEvent;
import java.nio.file.Path;
import java.time.Instant;

/** What happened to a call. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CallEvent.CallTaken.class, name = "CallTaken"),
  @JsonSubTypes.Type(value = CallEvent.PieceStored.class, name = "PieceStored"),
  @JsonSubTypes.Type(value = CallEvent.CallEnded.class, name = "CallEnded"),
  @JsonSubTypes.Type(value = CallEvent.CallReported.class, name = "CallReported")
})
public sealed interface CallEvent extends JournalEvent {
  /** When it was persisted. */
  Instant at();

  /** The miner may be told its id: it will be answered, whatever happens. */
  record CallTaken(Instant at, SectorId sector, CallOrder order) implements CallEvent {}

  /** The bytes of a pushed piece are on disk, all of them. */
  record PieceStored(Instant at, Path file) implements CallEvent {}

  /** Its result is known, and kept until the miner has it. */
  record CallEnded(Instant at, CallOutcome outcome) implements CallEvent {}

  /** The miner has its result. */
  record CallReported(Instant at) implements CallEvent {}
}
