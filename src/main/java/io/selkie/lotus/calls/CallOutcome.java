package io.selkie.lotus.calls;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskResult;

/** What came of a call. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CallOutcome.Gave.class, name = "Gave"),
  @JsonSubTypes.Type(value = CallOutcome.Done.class, name = "Done"),
  @JsonSubTypes.Type(value = CallOutcome.Failed.class, name = "Failed")
})
public sealed interface CallOutcome {
  /** A task gave this. */
  record Gave(TaskResult result) implements CallOutcome {}

  /** It is done, and there is nothing to tell of it. */
  record Done() implements CallOutcome {}

  /** It cannot be done. */
  record Failed(Failure failure) implements CallOutcome {}
}
