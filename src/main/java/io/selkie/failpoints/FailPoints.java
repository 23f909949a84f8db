package io.selkie.failpoints;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Places at which a test holds whatever comes by. A point does nothing unless it is armed, which
 * only {@code selkie.test.failpoints} does.
 */
public final class FailPoints {
  private static volatile Armed armed = new Armed(Set.of(), Path.of("."));

  private FailPoints() {}

  private record Armed(Set<String> points, Path directory) {}

  /**
   * Arms points from here on.
   *
   * @param points such as {@code PreCommit1.assigned.after-persist@s-t01000-7}
   * @param directory where a point that holds makes a file of its name
   */
  public static void arm(Set<String> points, Path directory) {
    armed = new Armed(Set.copyOf(points), directory);
  }

  /**
   * Holds this thread for ever if the point is armed for this subject.
   *
   * @param point such as {@code PreCommit1.assigned.after-persist}
   * @param subject such as a sector
   */
  public static void hit(String point, Object subject) {
    Armed now = armed;
    if (now.points().isEmpty()) {
      return;
    }
    String name = point + "@" + subject;
    if (now.points().contains(name)) {
      hold(now.directory().resolve(name));
    }
  }

  private static void hold(Path mark) {
    try {
      Files.write(mark, new byte[0]);
    } catch (IOException e) {
      throw new IllegalStateException("cannot mark that a fail point holds: " + mark, e);
    }
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }
}
