package io.selkie.serialization;

/**
 * An event that is kept for ever, as JSON. Fields may be added as {@code Optional}; any other
 * change takes a {@code JacksonMigration}, and a sample of every shape ever written stays in {@code
 * src/test/resources/journal}.
 */
public interface JournalEvent {}
