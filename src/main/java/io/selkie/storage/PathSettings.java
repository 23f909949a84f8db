package io.selkie.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.MinerId;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What {@code sectorstore.json} says of a storage path, with Lotus's keys, so that a host can go
 * from lotus-worker to Selkie and back.
 *
 * @param id in Lotus a UUID
 * @param weight how much it is preferred over others; 0: only where there is nothing else
 * @param canSeal whether sectors are sealed here
 * @param canStore whether sealed sectors are kept here
 * @param maxStorage the most bytes that sectors may take here; 0: all there are
 * @param groups it belongs to
 * @param allowTo groups that its files may go to; none named: anywhere
 * @param allowTypes the only types of files that are kept here; none named: all
 * @param denyTypes types of files that are not kept here
 * @param allowMiners the only miners whose sectors are kept here; none named: all
 * @param denyMiners miners whose sectors are not kept here
 */
public record PathSettings(
    String id,
    long weight,
    boolean canSeal,
    boolean canStore,
    long maxStorage,
    List<String> groups,
    List<String> allowTo,
    Set<FileType> allowTypes,
    Set<FileType> denyTypes,
    Set<MinerId> allowMiners,
    Set<MinerId> denyMiners) {
  /** The file in the root of a storage path. */
  public static final String FILE = "sectorstore.json";

  /** What Lotus gives a path of which nothing else is said. */
  public static final long DEFAULT_WEIGHT = 10;

  private static final String EXPECTED = "the settings of a storage path";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int LONGEST_GROUP = 128;

  /** The collections are copied. */
  public PathSettings {
    groups = List.copyOf(groups);
    allowTo = List.copyOf(allowTo);
    allowTypes = Set.copyOf(allowTypes);
    denyTypes = Set.copyOf(denyTypes);
    allowMiners = Set.copyOf(allowMiners);
    denyMiners = Set.copyOf(denyMiners);
  }

  /** A new path without filters, with an id of its own. */
  public static PathSettings fresh(
      long weight, boolean canSeal, boolean canStore, long maxStorage, List<String> groups) {
    return new PathSettings(
        UUID.randomUUID().toString(),
        weight,
        canSeal,
        canStore,
        maxStorage,
        groups,
        List.of(),
        Set.of(),
        Set.of(),
        Set.of(),
        Set.of());
  }

  /**
   * Reads a file.
   *
   * @throws IOException if there is none, or it is wrong; one line that names file and key
   */
  public static PathSettings read(Path file) throws IOException {
    CheckedJson json = CheckedJson.read(file, EXPECTED);
    String id = json.text("ID");
    if (!ID.matcher(id).matches()) {
      throw json.wrong("ID", "use 1 to 64 of letters, digits and . _ -");
    }
    return new PathSettings(
        id,
        json.number("Weight"),
        json.flag("CanSeal"),
        json.flag("CanStore"),
        json.number("MaxStorage"),
        groups(json, "Groups"),
        groups(json, "AllowTo"),
        types(json, "AllowTypes"),
        types(json, "DenyTypes"),
        miners(json, "AllowMiners"),
        miners(json, "DenyMiners"));
  }

  private static List<String> groups(CheckedJson json, String key) throws IOException {
    List<String> groups = json.texts(key);
    for (String group : groups) {
      if (!isGroup(group)) {
        throw json.wrong(key, "a name has more than " + LONGEST_GROUP + " characters");
      }
    }
    return groups;
  }

  /** Whether the text can be the name of a group: one line of 1 to 128 characters. */
  public static boolean isGroup(String text) {
    return !text.isEmpty() && text.length() <= LONGEST_GROUP && !Shown.hasControl(text);
  }

  /** An unknown name is not dropped: without it, a list of one would allow everything. */
  private static Set<FileType> types(CheckedJson json, String key) throws IOException {
    Set<FileType> types = new LinkedHashSet<>();
    for (String text : json.texts(key)) {
      types.add(
          FileType.of(text)
              .orElseThrow(
                  () ->
                      json.wrong(
                          key,
                          Shown.shown(text)
                              + " is no type of file: use unsealed, sealed, cache, update,"
                              + " update-cache, piece")));
    }
    return types;
  }

  private static Set<MinerId> miners(CheckedJson json, String key) throws IOException {
    Set<MinerId> miners = new LinkedHashSet<>();
    for (String text : json.texts(key)) {
      try {
        miners.add(MinerId.parse(text));
      } catch (IllegalArgumentException e) {
        throw json.wrong(key, Shown.shown(String.valueOf(e.getMessage())));
      }
    }
    return miners;
  }

  /**
   * Writes a file that is not there. Of several that do so at once, one wins.
   *
   * @return whether this is the one that was written
   */
  public boolean create(Path file) throws IOException {
    return Durable.create(file, CheckedJson.bytes(json(CheckedJson.empty(file).copy())));
  }

  private ObjectNode json(ObjectNode json) {
    json.put("ID", id);
    json.put("Weight", weight);
    json.put("CanSeal", canSeal);
    json.put("CanStore", canStore);
    json.put("MaxStorage", maxStorage);
    put(json, "Groups", groups);
    put(json, "AllowTo", allowTo);
    putOrNull(json, "AllowTypes", allowTypes);
    putOrNull(json, "DenyTypes", denyTypes);
    putOrNull(json, "AllowMiners", allowMiners);
    putOrNull(json, "DenyMiners", denyMiners);
    return json;
  }

  private static void put(ObjectNode json, String key, Collection<?> values) {
    ArrayNode array = json.putArray(key);
    values.forEach(value -> array.add(value.toString()));
  }

  private static void putOrNull(ObjectNode json, String key, Collection<?> values) {
    if (values.isEmpty()) {
      json.putNull(key);
    } else {
      List<String> texts = new ArrayList<>();
      values.forEach(value -> texts.add(value.toString()));
      put(json, key, texts.stream().sorted().toList());
    }
  }

  /** Whether files of this type, of this miner, may be kept here. */
  public boolean takes(FileType type, MinerId miner) {
    return (allowTypes.isEmpty() || allowTypes.contains(type))
        && !denyTypes.contains(type)
        && (allowMiners.isEmpty() || allowMiners.contains(miner))
        && !denyMiners.contains(miner);
  }

  /** Whether the groups let files go from here to a path with those settings. */
  public boolean letsGoTo(PathSettings other) {
    return allowTo.isEmpty() || other.groups.stream().anyMatch(allowTo::contains);
  }
}
