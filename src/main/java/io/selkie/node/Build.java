package io.selkie.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What program this is, as the build wrote it down in {@code selkie-build.properties}. */
public final class Build {
  private static final Properties PROPERTIES = read();

  private Build() {}

  /** The version, such as {@code 0.1.0}; {@code 0.0.0} of a program that no build has made. */
  public static String version() {
    return PROPERTIES.getProperty("version", "0.0.0");
  }

  /** The commit that it was built from. */
  public static String commit() {
    return PROPERTIES.getProperty("commit", "unknown");
  }

  private static Properties read() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("/selkie-build.properties")) {
      if (in != null) {
        properties.load(in);
      }
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read selkie-build.properties", e);
    }
  }
}
