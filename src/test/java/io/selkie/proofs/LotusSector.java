package io.selkie.proofs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Cid;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sector that a real Lotus 1.36 sealed on a 2 KiB devnet, from what its worker and miner said to
 * each other ({@code vectors/lotus-sectors.json}).
 *
 * @param preCommit1Output as the worker returned it, with its own paths in it
 * @param commit1 what was captured of Commit1; not every sector came so far
 */
record LotusSector(
    SectorId sector,
    SealProofType proofType,
    Ticket ticket,
    List<Piece> pieces,
    Bytes preCommit1Output,
    String commD,
    String commR,
    List<Commit1> commit1) {
  private static final Pattern CACHE = Pattern.compile("\"path\":\"([^\"]*)\"");

  /**
   * A piece.
   *
   * @param bytes what was pushed to the worker; empty: zeros. The capture cuts them off after 96
   *     bytes that count up from 0; that the rest counts on is what the CID confirms
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Piece(PaddedSize size, String cid, Optional<Bytes> bytes) {}

  /** Length and digest of the output of Commit1 for a seed. */
  record Commit1(Seed seed, int bytes, String sha256) {}

  static List<LotusSector> all() {
    try (InputStream in = LotusSector.class.getResourceAsStream("/vectors/lotus-sectors.json")) {
      return JsonProofs.JSON.readValue(in, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cid commDCid() {
    return Cid.parse(commD);
  }

  Cid commRCid() {
    return Cid.parse(commR);
  }

  /** The output of PreCommit1 as Lotus would have given it for this cache directory. */
  String outputFor(String cache) {
    String output = new String(preCommit1Output.toByteArray(), StandardCharsets.UTF_8);
    Matcher path = CACHE.matcher(output);
    if (!path.find()) {
      throw new IllegalStateException("no path in " + output);
    }
    return output.replace("\"" + path.group(1) + "\"", "\"" + cache + "\"");
  }

  @Override
  public String toString() {
    return sector.toString();
  }
}
