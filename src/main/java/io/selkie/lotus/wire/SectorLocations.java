package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.storage.FileType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Where a sector's files are; in JSON by the bits of their types. */
public record SectorLocations(Map<FileType, SectorLocation> byType) {
  /** Copies the map. */
  public SectorLocations {
    byType = Map.copyOf(byType);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static SectorLocations ofJson(Map<Integer, SectorLocation> json) {
    Map<FileType, SectorLocation> byType = new EnumMap<>(FileType.class);
    json.forEach(
        (bits, location) -> {
          Set<FileType> types = SectorFileTypes.ofBits(bits).types();
          if (types.size() != 1) {
            throw new IllegalArgumentException("a location is of one type of file");
          }
          types.forEach(type -> byType.put(type, location));
        });
    return new SectorLocations(byType);
  }

  @JsonValue
  Map<Integer, SectorLocation> toJson() {
    Map<Integer, SectorLocation> json = new TreeMap<>();
    byType.forEach((type, location) -> json.put(SectorFileTypes.bit(type), location));
    return json;
  }
}
