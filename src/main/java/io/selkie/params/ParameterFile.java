package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file of the manifest.
 *
 * @param name file name in the parameter directory
 * @param cid IPFS CID under which gateways serve the production file
 * @param digest digest of the production file
 * @param sectorSize the sector size it is for; empty: any size
 * @param set the set it belongs to
 */
public record ParameterFile(
    String name,
    String cid,
    ParameterDigest digest,
    Optional<SectorSize> sectorSize,
    ParameterSet set) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern CID = Pattern.compile("[A-Za-z0-9]+");

  /** Refuses a name that could leave the directory and a CID that could change a URL. */
  public ParameterFile {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of a parameter file: '" + name + "'");
    }
    if (!CID.matcher(cid).matches()) {
      throw new IllegalArgumentException("not a CID: '" + cid + "'");
    }
  }

  /** Whether it is a verifying key, which is small. */
  public boolean isVerifyingKey() {
    return name.endsWith(".vk");
  }

  boolean serves(SectorSize size) {
    return sectorSize.isEmpty() || sectorSize.get() == size;
  }
}
