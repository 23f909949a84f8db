package io.selkie.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lotus's {@code storage.json}: the roots of attached paths.
 *
 * @param file need not be there
 */
record PathList(Path file) {
  private static final String EXPECTED = "a list of storage paths";
  private static final String KEY = "StoragePaths";
  private static final String INNER = "Path";

  /** The roots, in their order; they need not be there. */
  List<Path> read() throws IOException {
    CheckedJson json = json();
    List<Path> roots = new ArrayList<>();
    for (String text : json.textsIn(KEY, INNER)) {
      try {
        Path root = Path.of(text);
        if (!root.isAbsolute()) {
          throw json.wrong(KEY, Shown.shown(text) + " does not begin with /");
        }
        roots.add(root);
      } catch (InvalidPathException e) {
        throw json.wrong(KEY, Shown.shown(text) + " is no path");
      }
    }
    return roots;
  }

  private CheckedJson json() throws IOException {
    try {
      return CheckedJson.read(file, EXPECTED);
    } catch (NoSuchFileException e) {
      return CheckedJson.empty(file);
    }
  }

  void add(Path root) throws IOException {
    ObjectNode json = json().copy();
    paths(json).addObject().put(INNER, root.toString());
    ReplacedFile.write(file, CheckedJson.bytes(json));
  }

  /** Other keys, of the list and of the paths that stay, are kept. */
  void remove(Path root) throws IOException {
    ObjectNode json = json().copy();
    ArrayNode kept = json.arrayNode();
    paths(json)
        .forEach(
            path -> {
              if (!path.path(INNER).asText().equals(root.toString())) {
                kept.add(path);
              }
            });
    json.set(KEY, kept);
    ReplacedFile.write(file, CheckedJson.bytes(json));
  }

  private static ArrayNode paths(ObjectNode json) {
    return json.get(KEY) instanceof ArrayNode there ? there : json.putArray(KEY);
  }
}
