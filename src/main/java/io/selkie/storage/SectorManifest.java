package io.selkie.storage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is recorded of a sector's files ({@code native/src/guard/manifest.rs} writes it; this side
 * only reads).
 *
 * @param version of the format; a newer one is refused
 * @param pieces in the order they lie in the sector
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SectorManifest(
    int version,
    SectorId sector,
    SealProofType proofType,
    List<Piece> pieces,
    Optional<PreCommit1> preCommit1,
    Optional<PreCommit2> preCommit2) {

  /** The newest version this program knows. */
  public static final int VERSION = 1;

  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  /**
   * Missing pieces are none.
   *
   * @throws IllegalArgumentException if sector or proof type is missing
   */
  public SectorManifest {
    if (sector == null || proofType == null) {
      throw new IllegalArgumentException(
          "it names no " + (sector == null ? "sector" : "proofType"));
    }
    pieces = pieces == null ? List.of() : List.copyOf(pieces);
  }

  /**
   * A piece as it was added.
   *
   * @param bytes that came from its source; the rest is zeros, and a filler has none
   * @param name what it was called when it was added
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Piece(PaddedSize size, CommP commP, long bytes, Optional<String> name) {
    /** Size and commitment. */
    public PieceInfo info() {
      return new PieceInfo(size, commP);
    }
  }

  /**
   * What PreCommit1 labels, or labelled.
   *
   * @param layers those that are complete
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PreCommit1(Ticket ticket, CommD commD, List<Layer> layers) {
    /** Missing layers are none. */
    public PreCommit1 {
      layers = layers == null ? List.of() : List.copyOf(layers);
    }
  }

  /**
   * A complete layer.
   *
   * @param layer its number, from 1
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Layer(int layer, long bytes, String digest) {
    /** The name of its file in the cache directory, as the proofs library writes it. */
    public String fileName() {
      return "sc-02-data-layer-" + layer + ".dat";
    }
  }

  /**
   * How far PreCommit2 is.
   *
   * @param state {@code encoding} or {@code done}
   * @param commD of the data in the replica, once done
   * @param sealed digest of the sealed file, once done
   * @param files what proofs of spacetime read beside it, once done
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PreCommit2(
      String state,
      Ticket ticket,
      Optional<CommR> commR,
      Optional<CommD> commD,
      Optional<String> sealed,
      List<CacheFile> files) {
    /** Missing files are none. */
    public PreCommit2 {
      files = files == null ? List.of() : List.copyOf(files);
    }
  }

  /** A file in the cache directory and its digest. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CacheFile(String name, String digest) {}

  /** The replica, if PreCommit2 finished. */
  public Optional<PreCommit2> replica() {
    return preCommit2.filter(encoded -> encoded.state().equals("done"));
  }

  /**
   * Reads a manifest.
   *
   * @return empty if there is none
   * @throws IOException if it cannot be read or is of a newer version; one line
   */
  public static Optional<SectorManifest> read(Path file) throws IOException {
    try {
      // The version first: a newer one may have fields that this program cannot read.
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      int version = json.path("version").asInt(0);
      if (version > VERSION) {
        throw new IOException(
            file + " has version " + version + ", newer than this program's " + VERSION);
      }
      if (version < 1) {
        throw new IOException(file + " is not a sector manifest: it has no version");
      }
      return Optional.of(JSON.treeToValue(json, SectorManifest.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw JsonTrouble.in(file, "a sector manifest", e);
    }
  }
}
