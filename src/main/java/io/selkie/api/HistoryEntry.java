package io.selkie.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import java.time.Instant;

/** Something that happened to a sector. */
public record HistoryEntry(long id, SectorId sector, Instant at, String event, JsonNode detail) {}
