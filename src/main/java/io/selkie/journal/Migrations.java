package io.selkie.journal;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.logging.LogFactory;

/**
 * Brings a database to the schema of this program: the scripts {@code db/migration/V<n>__….sql}
 * that it has not seen yet, in their order.
 *
 * <p>H2 commits after each statement that makes a table, so a script that kill -9 interrupts has
 * been done in part and is run again from its beginning: every statement must bear that. Scripts
 * that were released are never changed.
 */
final class Migrations {
  private static final String SCRIPTS = "classpath:db/migration";

  private final Flyway flyway;
  private final String name;

  /**
   * What differs between the kinds of database.
   *
   * @param name of the database, for the operator
   * @param binary the type of a byte string of any length
   */
  Migrations(DataSource database, String name, String binary) {
    LogFactory.setLogCreator(new QuietLog());
    this.name = name;
    this.flyway =
        Flyway.configure()
            .dataSource(database)
            .locations(SCRIPTS)
            .failOnMissingLocations(true)
            .placeholders(Map.of("binary", binary))
            .load();
  }

  /**
   * Runs what is missing.
   *
   * @return the version the database has now
   * @throws DatabaseException if a later program wrote the database, which is then left as it is,
   *     or if a script fails
   */
  int run() throws DatabaseException {
    try {
      refuseNewer();
      flyway.migrate();
      return number(flyway.info().current().getVersion());
    } catch (FlywayException e) {
      throw new DatabaseException(
          DatabaseException.Reason.UNUSABLE,
          name + ": cannot bring its schema up to date, restore a backup: " + reasonOf(e),
          e);
    }
  }

  private void refuseNewer() throws DatabaseException {
    int known =
        Arrays.stream(flyway.info().all())
            .filter(script -> script.getState().isResolved())
            .mapToInt(script -> number(script.getVersion()))
            .max()
            .orElseThrow(() -> new IllegalStateException("no script in " + SCRIPTS));
    int found =
        Optional.ofNullable(flyway.info().current())
            .map(MigrationInfo::getVersion)
            .map(Migrations::number)
            .orElse(0);
    if (found > known) {
      throw new DatabaseException(
          DatabaseException.Reason.TOO_NEW,
          name
              + ": it has schema version "
              + found
              + " of a later Selkie, this one knows up to "
              + known
              + ": start that later Selkie, or restore a backup from before the upgrade",
          null);
    }
  }

  private static int number(MigrationVersion version) {
    return version.getMajor().intValueExact();
  }

  /** The line that says why; Flyway's own message is a page. */
  private static String reasonOf(FlywayException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
