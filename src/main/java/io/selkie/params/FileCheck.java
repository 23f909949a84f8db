package io.selkie.params;

import java.util.Optional;

/**
 * The result of checking one file.
 *
 * @param file the file
 * @param status what it is
 * @param bytes its length, 0 if it is not there
 * @param digest its digest, if it was read
 * @param detail what is wrong with it, as the rest of a sentence after its name; empty if nothing
 */
public record FileCheck(
    ParameterFile file,
    FileStatus status,
    long bytes,
    Optional<ParameterDigest> digest,
    String detail) {
  static FileCheck missing(ParameterFile file) {
    return new FileCheck(file, FileStatus.MISSING, 0, Optional.empty(), "is missing");
  }

  static FileCheck unreadable(ParameterFile file, String detail) {
    return new FileCheck(file, FileStatus.UNREADABLE, 0, Optional.empty(), detail);
  }

  static FileCheck corrupt(ParameterFile file, long bytes, ParameterDigest found, String detail) {
    return new FileCheck(file, FileStatus.CORRUPT, bytes, Optional.of(found), detail);
  }

  static FileCheck good(ParameterFile file, FileStatus status, long bytes, ParameterDigest digest) {
    return new FileCheck(file, status, bytes, Optional.of(digest), "");
  }
}
