package io.selkie.sector;

import io.selkie.filecoin.SectorId;
import io.selkie.sector.SectorFacts.Answered;
import java.util.concurrent.CompletionStage;

/** Looks after the files of a sector whose answer is asked for again. */
@FunctionalInterface
public interface KeptFiles {
  /** Whether the files that the answer speaks of are there and have the digests they had. */
  CompletionStage<Boolean> areIntact(SectorId sector, Answered answered);
}
