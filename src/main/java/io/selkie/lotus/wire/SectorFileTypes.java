package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.storage.FileType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Some types of files; in JSON the sum of their bits. */
public record SectorFileTypes(Set<FileType> types) {
  private static final int ALL = 63;

  /** Copies the set. */
  public SectorFileTypes {
    EnumSet<FileType> copy = EnumSet.noneOf(FileType.class);
    copy.addAll(types);
    types = Collections.unmodifiableSet(copy);
  }

  /** These types. */
  public static SectorFileTypes of(FileType... types) {
    return new SectorFileTypes(Set.of(types));
  }

  /**
   * The types of these bits.
   *
   * @throws IllegalArgumentException if there is a bit of no type
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SectorFileTypes ofBits(int bits) {
    if ((bits & ~ALL) != 0) {
      throw new IllegalArgumentException("no set of file types: " + bits);
    }
    return new SectorFileTypes(
        Stream.of(FileType.values())
            .filter(type -> (bits & bit(type)) != 0)
            .collect(Collectors.toSet()));
  }

  /** The sum of the bits. */
  @JsonValue
  public int bits() {
    return types.stream().mapToInt(SectorFileTypes::bit).sum();
  }

  /** Lotus's bit of a type. */
  public static int bit(FileType type) {
    return switch (type) {
      case UNSEALED -> 1;
      case SEALED -> 2;
      case CACHE -> 4;
      case UPDATE -> 8;
      case UPDATE_CACHE -> 16;
      case PIECE -> 32;
    };
  }

  /** The names, such as {@code [sealed, cache]}. */
  @Override
  public String toString() {
    return types.toString();
  }
}
