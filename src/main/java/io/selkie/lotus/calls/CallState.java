package io.selkie.lotus.calls;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.serialization.NodeMessage;
import java.nio.file.Path;
import java.util.Optional;

/** How far a call is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CallState.Unknown.class, name = "Unknown"),
  @JsonSubTypes.Type(value = CallState.Open.class, name = "Open"),
  @JsonSubTypes.Type(value = CallState.Ended.class, name = "Ended"),
  @JsonSubTypes.Type(value = CallState.Reported.class, name = "Reported")
})
public sealed interface CallState extends NodeMessage {
  /** Whose files it is about; empty before it is made. */
  @JsonIgnore
  default Optional<SectorId> ofSector() {
    if (this instanceof Open open) {
      return Optional.of(open.sector());
    }
    if (this instanceof Ended ended) {
      return Optional.of(ended.sector());
    }
    return this instanceof Reported reported ? Optional.of(reported.sector()) : Optional.empty();
  }

  /** What is to be done, or was; empty before it is made, and when the miner knows. */
  @JsonIgnore
  default Optional<CallOrder> wanted() {
    if (this instanceof Open open) {
      return Optional.of(open.order());
    }
    return this instanceof Ended ended ? Optional.of(ended.order()) : Optional.empty();
  }

  /** Nobody made it. */
  record Unknown() implements CallState {}

  /**
   * It is being done.
   *
   * @param piece where the bytes of a pushed piece are, once they are there
   */
  record Open(SectorId sector, CallOrder order, Optional<Path> piece) implements CallState {}

  /** The miner is to be told. */
  record Ended(SectorId sector, CallOrder order, Optional<Path> piece, CallOutcome outcome)
      implements CallState {}

  /** The miner knows. */
  record Reported(SectorId sector) implements CallState {}

  /**
   * The state after an event.
   *
   * @throws IllegalStateException if the event cannot happen in the state: the journal is not ours
   */
  static CallState next(CallState state, CallEvent event) {
    if (state instanceof Unknown && event instanceof CallEvent.CallTaken taken) {
      return new Open(taken.sector(), taken.order(), Optional.empty());
    }
    if (state instanceof Open open && event instanceof CallEvent.PieceStored stored) {
      return new Open(open.sector(), open.order(), Optional.of(stored.file()));
    }
    if (state instanceof Open open && event instanceof CallEvent.CallEnded ended) {
      return new Ended(open.sector(), open.order(), open.piece(), ended.outcome());
    }
    if (state instanceof Ended ended && event instanceof CallEvent.CallReported) {
      return new Reported(ended.sector());
    }
    throw new IllegalStateException("no " + event.getClass().getSimpleName() + " in " + state);
  }
}
