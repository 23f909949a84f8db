package io.selkie.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.params.FileCheck;
import io.selkie.params.GenerationResult;
import io.selkie.params.ParameterReport;
import io.selkie.params.ParameterSet;
import io.selkie.params.SetCheck;
import java.util.List;
import java.util.Locale;

/** The JSON of the parameter commands. */
final class ParamsJson {
  private ParamsJson() {}

  static ObjectNode report(ParameterReport report) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("directory", report.directory().toString());
    object.put("sectorSize", report.size().toString());
    object.put("usable", report.usable());
    object.put("production", report.production());
    ArrayNode sets = object.putArray("sets");
    report.sets().forEach(set -> sets.add(set(set)));
    return object;
  }

  static ObjectNode generation(GenerationResult result) {
    ObjectNode object = report(result.report());
    addNames(object.putArray("generated"), result.generated());
    addNames(object.putArray("alreadyThere"), result.alreadyThere());
    return object;
  }

  private static ObjectNode set(SetCheck set) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("set", set.set().toString());
    object.put("usable", set.usable());
    object.put("verdict", set.verdict().toString());
    object.put("line", set.line());
    ArrayNode files = object.putArray("files");
    set.files().forEach(file -> files.add(file(file)));
    return object;
  }

  private static ObjectNode file(FileCheck check) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("name", check.file().name());
    object.put("status", check.status().name().toLowerCase(Locale.ROOT));
    object.put("bytes", check.bytes());
    check.digest().ifPresent(digest -> object.put("digest", digest.hex()));
    return object;
  }

  private static void addNames(ArrayNode array, List<ParameterSet> sets) {
    sets.forEach(set -> array.add(set.toString()));
  }
}
