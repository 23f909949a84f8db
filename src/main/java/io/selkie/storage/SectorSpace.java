package io.selkie.storage;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many bytes a sector takes on disk at most, by the place where its files lie; sizes are of
 * padded sectors. Sources: FIELD.md 3.3, and what the native side asks for before each phase.
 */
public final class SectorSpace {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  /** Of each file system more is asked for than the files take (native/src/guard/space.rs). */
  private static final long SLACK = 256 * KIB;

  /** Each file rounds up to a block; a cache has some thirty. */
  private static final long BLOCKS = 64 * 4 * KIB;

  private static final long JOB = MIB;

  private SectorSpace() {}

  /** Where files of a sector lie; each may be on a file system of its own. */
  public enum Part {
    /** {@code unsealed/}. */
    UNSEALED,
    /** {@code sealed/}, and {@code update/}, which lies beside it. */
    SEALED,
    /** {@code cache/}, and {@code update-cache/}, which lies beside it. */
    CACHE,
    /** {@code selkie/}: records, the output of Commit1, the copy before PreCommit2, scratch. */
    OWN,
    /** The job directories, and what was fetched for jobs: the state directory. */
    JOBS
  }

  /** How far a sector is, as far as its space goes. */
  public enum Stage {
    /** Until the replica is made: everything is still to come. */
    SEALING,
    /** The replica is made; the output of Commit1 may be still to come. */
    PROVING,
    /** Nothing is to come. */
    SEALED,
    /** Only a Commit2 is here, which fetches its input into the state directory. */
    VISITING,
    /** It is sealed, and data is encoded into it; replica and data may have to be brought first. */
    UPDATING
  }

  /** The most that a sector has on disk from that stage on. */
  public static Map<Part, Long> peak(SealProofType type, Stage stage) {
    Map<Part, Long> peak = new EnumMap<>(Part.class);
    long sector = type.sectorSize().bytes();
    for (Part part : Part.values()) {
      peak.put(part, 0L);
    }
    if (stage == Stage.SEALING) {
      peak.put(Part.UNSEALED, sector + SLACK);
      peak.put(Part.SEALED, sector + SLACK);
      peak.put(Part.CACHE, cache(type) + SLACK + BLOCKS);
      // The copy before PreCommit2, should there be neither data nor zeros to make it anew from.
      peak.put(Part.OWN, sector + commit1Output(type) + SLACK);
      peak.put(Part.JOBS, JOB);
    } else if (stage == Stage.PROVING) {
      peak.put(Part.OWN, commit1Output(type) + SLACK);
      peak.put(Part.JOBS, JOB);
    } else if (stage == Stage.UPDATING) {
      peak.put(Part.UNSEALED, sector + SLACK);
      peak.put(Part.SEALED, 2 * (sector + SLACK));
      // What is left of a cache, and what the native side asks for (ops/update.rs).
      peak.put(Part.CACHE, sector / 32 + 3 * sector + sector / 4 + 2 * (SLACK + BLOCKS));
      peak.put(Part.OWN, commit1Output(type) + SLACK);
      // The reply of the first proof has it whole.
      peak.put(Part.JOBS, JOB + commit1Output(type));
    } else if (stage == Stage.VISITING) {
      peak.put(Part.JOBS, JOB + commit1Output(type) + SLACK);
    }
    return peak;
  }

  /**
   * What unsealing takes besides: labels, trees and data in the scratch directory, and its output.
   */
  public static Map<Part, Long> unsealing(SealProofType type) {
    long sector = type.sectorSize().bytes();
    Map<Part, Long> needs = new EnumMap<>(Part.class);
    needs.put(Part.OWN, (type.layers() + 2 + 1 + 1) * sector + BLOCKS + SLACK);
    needs.put(Part.JOBS, JOB);
    return needs;
  }

  /** Layers, tree-d (twice the sector), tree-c (8/7 of it), tree-r-last (less than 1/32). */
  private static long cache(SealProofType type) {
    long sector = type.sectorSize().bytes();
    long bytes = (type.layers() + 2) * sector + sector / 7 * 8 + sector / 32;
    return type.synthetic() ? bytes + synthetic(type) : bytes;
  }

  /** Synthetic proofs, as the native side asks for them: one a node, but at most 2^18. */
  private static long synthetic(SealProofType type) {
    long proofs = Math.min(1L << 18, type.sectorSize().bytes() / 32);
    return proofs * (type.layers() == 2 ? 16 * KIB : 48 * KIB);
  }

  /** 64 MiB from 32 GiB on. Below it is 128 KiB, but the native side wants 1 MiB to be free. */
  private static long commit1Output(SealProofType type) {
    return type.sectorSize().compareTo(SectorSize.GIB_32) >= 0 ? 64 * MIB : MIB;
  }
}
