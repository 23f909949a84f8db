package io.selkie.scheduler;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A task that makes a Groth proof: of its sector it reads nothing but one file, which the task
 * before it wrote and which is brought to wherever it runs.
 */
public interface ReadsOutput {
  /** The file with the vanilla proofs: up to 45 MB, never in a message. */
  Path phase1Output();

  /** The digest of that file, {@code blake3:…}. */
  String digest();

  /** Where a host fetches it that does not have it; told with the task, never kept. */
  Optional<FileSource> from();

  /** The host that has it; absent if it is the one with the sector's files. */
  Optional<HostId> host();
}
