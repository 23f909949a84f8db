package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void machine() throws IOException {
    write("proc/meminfo", "MemTotal:       1073741824 kB\nMemFree:  5 kB\n"); // 1 TiB
  }

  @Test
  void isThatOfTheMachine() throws IOException {
    machine();

    assertEquals(1024 * GIB, HostMemory.of(root).bytes());
    assertEquals(992 * GIB, HostMemory.of(root).forProvers());
    assertTrue(HostMemory.ofThisHost().bytes() > 0);
  }

  @Test
  void theNarrowestGroupUpwardsCounts() throws IOException {
    machine();
    write("proc/self/cgroup", "0::/selkie.slice/node.service\n");
    write("sys/fs/cgroup/selkie.slice/memory.max", 64 * GIB + "\n");
    write("sys/fs/cgroup/selkie.slice/node.service/memory.max", "max\n");

    assertEquals(64 * GIB, HostMemory.of(root).bytes());
  }

  @Test
  void groupsOfTheFirstVersionCountToo() throws IOException {
    machine();
    write("proc/self/cgroup", "12:cpu:/x\n9:memory:/docker/5\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 8 * GIB + "\n");

    assertEquals(8 * GIB, HostMemory.of(root).bytes());
    assertEquals(6 * GIB, HostMemory.of(root).forProvers());
  }

  @Test
  void whatCannotBeToldIsToBeSet() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> HostMemory.of(root))
            .getMessage()
            .startsWith("cannot tell the memory of this host, set selkie.memory"));
  }
}
