package io.selkie.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who changed what: JSON lines, appended and on disk when {@link #append} returns. A call that
 * changes state has two: <em>asked</em> is on disk before anything is done, <em>answered</em>
 * before the answer is sent. So nothing is done unseen, and a call without a second line was cut by
 * a crash: its effect may be there or not.
 *
 * <p>The file may be moved away at any time, as logrotate does; the next line begins a new one.
 */
public final class AuditLog implements AutoCloseable {
  /** The name of the file in the state directory. */
  public static final String NAME = "audit.log";

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final byte LINE_END = '\n';

  private final Path state;
  private final Path file;
  private final Clock clock;
  private final ObjectMapper json = JsonMapper.builder().addModule(new Jdk8Module()).build();
  private @Nullable FileChannel channel;
  private @Nullable Object identity;

  private AuditLog(Path state, Clock clock) {
    this.state = state;
    this.file = state.resolve(NAME);
    this.clock = clock;
  }

  /**
   * The log of a state directory.
   *
   * @param state an existing directory
   * @throws IOException if the file cannot be written
   */
  public static AuditLog in(Path state, Clock clock) throws IOException {
    AuditLog log = new AuditLog(state, clock);
    log.current();
    return log;
  }

  /**
   * Appends a line. Blocks until it is on disk.
   *
   * @throws IOException if it may not be; the call must not go on then
   */
  public synchronized void append(AuditEntry entry) throws IOException {
    ObjectNode line = json.createObjectNode().put("at", clock.instant().toString());
    line.setAll((ObjectNode) json.valueToTree(entry));
    byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
    FileChannel open = current();
    long end = open.size();
    try {
      write(open, ByteBuffer.wrap(text));
      open.force(true);
    } catch (IOException e) {
      // Half a line would spoil the next one too.
      open.truncate(end);
      throw e;
    }
  }

  /** The channel to the file that has the name now. */
  private synchronized FileChannel current() throws IOException {
    FileChannel open = channel;
    if (open != null && identity != null && identity.equals(identityOf(file))) {
      return open;
    }
    close();
    boolean fresh = identityOf(file) == null;
    open =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            OWNER_ONLY);
    channel = open;
    identity = identityOf(file);
    if (fresh) {
      Durable.syncDirectory(state);
    }
    endTornLine(open);
    return open;
  }

  /** A crash may have cut the last line. */
  private static void endTornLine(FileChannel open) throws IOException {
    long size = open.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    boolean torn = size > 0 && open.read(last, size - 1) == 1 && last.get(0) != LINE_END;
    open.position(size);
    if (torn) {
      write(open, ByteBuffer.wrap(new byte[] {LINE_END}));
    }
  }

  private static void write(FileChannel open, ByteBuffer bytes) throws IOException {
    open.position(open.size());
    while (bytes.hasRemaining()) {
      open.write(bytes);
    }
  }

  /** What tells files apart that have the name one after the other; none if there is no file. */
  private static @Nullable Object identityOf(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
