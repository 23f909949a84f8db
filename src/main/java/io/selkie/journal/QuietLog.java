package io.selkie.journal;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what Flyway says to the debug level: advice about its own editions means nothing to the
 * operator of a node, and whatever fails reaches them as an exception.
 */
final class QuietLog implements LogCreator {
  @Override
  public Log createLogger(Class<?> type) {
    return new DebugOnly(LoggerFactory.getLogger(type));
  }

  private record DebugOnly(Logger logger) implements Log {
    @Override
    public void debug(String message) {
      logger.trace(message);
    }

    @Override
    public void info(String message) {
      logger.debug(message);
    }

    @Override
    public void warn(String message) {
      logger.debug(message);
    }

    @Override
    public void error(String message) {
      logger.debug(message);
    }

    @Override
    public void error(String message, Exception cause) {
      logger.debug(message, cause);
    }

    @Override
    public void notice(String message) {
      logger.debug(message);
    }
  }
}
