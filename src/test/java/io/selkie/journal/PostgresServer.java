package io.selkie.journal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own for a test, from the system's binaries. It refuses to run as root, so
 * root starts it as another user.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");
  private static final String OTHER_USER = "nobody";
  private static final long START_SECONDS = 60;

  private final Path directory;
  private final Path binaries;
  private final String address;
  private final int port;
  private final List<String> prefix;
  private final String user;
  private Process process;

  private PostgresServer(
      Path directory, Path binaries, String address, int port, List<String> before, String user) {
    this.directory = directory;
    this.binaries = binaries;
    this.address = address;
    this.port = port;
    this.prefix = before;
    this.user = user;
  }

  /** Starts one that listens on loopback. */
  public static PostgresServer start() throws IOException, InterruptedException {
    return start("127.0.0.1", freePort(), List.of());
  }

  /**
   * Starts one elsewhere.
   *
   * @param before words in front of its command, such as {@code ip netns exec NAME}
   */
  public static PostgresServer start(String address, int port, List<String> before)
      throws IOException, InterruptedException {
    // Not below a test's directory, which other users may not enter.
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "selkie-pg-");
    boolean root = System.getProperty("user.name").equals("root");
    List<String> words = new ArrayList<>(before);
    if (root) {
      run(directory, List.of("chown", OTHER_USER, directory.toString()));
      words.addAll(
          List.of("setpriv", "--reuid=" + OTHER_USER, "--regid=nogroup", "--clear-groups", "--"));
    }
    PostgresServer server =
        new PostgresServer(directory, binaries(), address, port, List.copyOf(words), "selkie");
    run(
        directory,
        server.command(
            "initdb",
            "-D",
            server.data(),
            "-U",
            server.user,
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C"));
    Files.writeString(
        Path.of(server.data(), "pg_hba.conf"),
        "host all all 0.0.0.0/0 trust\n",
        StandardOpenOption.APPEND); // on loopback nobody else gets here
    server.resume();
    return server;
  }

  private static Path binaries() throws IOException {
    if (Files.isDirectory(INSTALLATIONS)) {
      try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
        Optional<Path> newest =
            versions.map(version -> version.resolve("bin")).max(Path::compareTo);
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    throw new IOException("there is no PostgreSQL in " + INSTALLATIONS + ": run .ci/run once");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** What it says goes beside the server's own directory: other tests close theirs meanwhile. */
  private static void run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Path log = Path.of(directory + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(command + ":\n" + Files.readString(log));
    }
    Files.delete(log);
  }

  /** Starts it again after {@link #stop}. */
  public void resume() throws IOException, InterruptedException {
    Path log = Path.of(directory + ".log");
    process =
        new ProcessBuilder(
                command(
                    "postgres",
                    "-D",
                    data(),
                    "-c",
                    "listen_addresses=" + address,
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "max_connections=200",
                    "-c",
                    "fsync=off",
                    "-p",
                    String.valueOf(port)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(log).contains("ready to accept connections")) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("PostgreSQL did not start:\n" + Files.readString(log));
      }
      Thread.sleep(20);
    }
  }

  /** Ends it as a crash would. */
  public void stop() throws InterruptedException, IOException {
    // Its children end when they miss it; QUIT takes them along at once.
    new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid())).start().waitFor();
    process.waitFor();
    Files.deleteIfExists(Path.of(directory + ".log"));
  }

  /** A database of its own for a test, by the URL for programs. */
  public String create(String database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url("postgres"), user, "");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
    return url(database);
  }

  /** The URL of a database. */
  public String url(String database) {
    return "jdbc:postgresql://" + address + ":" + port + "/" + database;
  }

  /** Who may do everything there, without a password. */
  public String user() {
    return user;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      stop();
    }
    run(directory, List.of("rm", "-rf", directory.toString()));
  }
}
