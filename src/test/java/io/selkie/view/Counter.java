package io.selkie.view;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.serialization.JournalEvent;
import java.util.Set;

/** A persistent actor that counts: each event is the next number. */
final class Counter extends EventSourcedBehavior<Counter.Count, Counter.Counted, Long> {
  static final String TAG = "counter";

  private Counter(String name) {
    super(PersistenceId.of("Counter", name));
  }

  /** Count one on; answered with the number once it is persisted. */
  record Count(ActorRef<Long> replyTo) {}

  record Counted(@JsonProperty("number") long number) implements JournalEvent {}

  static Behavior<Count> create(String name) {
    return new Counter(name);
  }

  @Override
  public Long emptyState() {
    return 0L;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(40, 1);
  }

  @Override
  public Set<String> tagsFor(Counted event) {
    return Set.of(TAG);
  }

  @Override
  public CommandHandler<Count, Counted, Long> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Count.class,
            (state, command) ->
                Effect()
                    .persist(new Counted(state + 1))
                    .thenRun(now -> command.replyTo().tell(now)))
        .build();
  }

  @Override
  public EventHandler<Long, Counted> eventHandler() {
    return (state, event) -> event.number();
  }
}
