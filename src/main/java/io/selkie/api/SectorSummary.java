package io.selkie.api;

import io.selkie.filecoin.SectorId;
import java.time.Instant;
import java.util.Optional;

/** A sector as lists show it. */
public record SectorSummary(
    SectorId sector, String state, int number, Optional<String> failure, Instant updatedAt) {}
