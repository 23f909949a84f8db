package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.util.List;

/**
 * The result of checking one set.
 *
 * @param size sector size that was asked for
 * @param set the set
 * @param verdict what its files are together
 * @param files each file of it
 */
public record SetCheck(
    SectorSize size, ParameterSet set, SetVerdict verdict, List<FileCheck> files) {
  /** Takes a copy. */
  public SetCheck {
    files = List.copyOf(files);
  }

  /** Whether proofs can be made and verified with the set. */
  public boolean usable() {
    return verdict.usable();
  }

  /** One line: the verdict or, if the set is of no use, what is wrong and what to do. */
  public String line() {
    String name = set + " " + size + ": ";
    return switch (verdict) {
      case PRODUCTION, LOCAL -> name + verdict;
      case MISSING -> name + first(FileStatus.MISSING) + "; run: " + remedy();
      case CORRUPT -> name + first(FileStatus.CORRUPT) + "; remove it, then run: " + remedy();
      case UNREADABLE -> name + first(FileStatus.UNREADABLE) + "; make it readable";
      case MIXED -> name + mixture() + "; remove them, then run: " + remedy();
    };
  }

  private String first(FileStatus status) {
    List<FileCheck> found = files.stream().filter(file -> file.status() == status).toList();
    String more = found.size() > 1 ? " (and " + (found.size() - 1) + " more)" : "";
    return found.get(0).file().name() + " " + found.get(0).detail() + more;
  }

  private String mixture() {
    if (files.stream().allMatch(file -> file.status() == FileStatus.LOCAL)) {
      return names(FileStatus.LOCAL) + " come from different generations";
    }
    return names(FileStatus.PRODUCTION)
        + " is production but "
        + names(FileStatus.LOCAL)
        + " is local, and they do not fit together";
  }

  private String names(FileStatus status) {
    return String.join(
        " and ",
        files.stream()
            .filter(file -> file.status() == status)
            .map(file -> file.file().name())
            .toList());
  }

  private String remedy() {
    String verb = GenerationCost.isGeneratable(size) ? "generate" : "fetch";
    return "selkie params " + verb + " --sector-size " + size + " --sets " + set;
  }
}
