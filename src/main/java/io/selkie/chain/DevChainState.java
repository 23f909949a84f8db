package io.selkie.chain;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.Bytes32;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a {@link DevChain} keeps on disk.
 *
 * @param version of the format
 * @param genesis from which all randomness is derived
 * @param epoch the one that began at {@code epochMillis}; earlier ones may have had another length
 * @param epochMillis since 1970
 * @param blockMillis length of an epoch
 * @param sectors in the order of their pre-commits
 */
record DevChainState(
    int version,
    Bytes32 genesis,
    long epoch,
    long epochMillis,
    long blockMillis,
    List<Sector> sectors) {
  static final int VERSION = 1;

  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  /** Refuses what is not whole. */
  DevChainState {
    if (genesis == null || sectors == null || blockMillis < 1) {
      throw new IllegalArgumentException("it is not whole");
    }
    sectors = List.copyOf(sectors);
  }

  /**
   * A sector whose number is allocated.
   *
   * @param preCommitMessage the message that put the pre-commit on chain
   * @param proof the message that proved it
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Sector(
      Chain.PreCommit preCommit,
      UUID preCommitMessage,
      long preCommitEpoch,
      Optional<ProofMessage> proof) {
    Sector proven(ProofMessage message) {
      return new Sector(preCommit, preCommitMessage, preCommitEpoch, Optional.of(message));
    }
  }

  /** A proof that was taken, and at which epoch. */
  record ProofMessage(UUID message, Chain.ProveCommit proveCommit, long epoch) {}

  /** Whether epochs and randomness are the same. */
  boolean hasBlocksOf(DevChainState other) {
    return genesis.equals(other.genesis)
        && epoch == other.epoch
        && epochMillis == other.epochMillis
        && blockMillis == other.blockMillis;
  }

  /** The last epoch at which something came on chain; the first of all if nothing did. */
  long lastEpoch() {
    return sectors.stream()
        .mapToLong(
            sector -> sector.proof().map(ProofMessage::epoch).orElse(sector.preCommitEpoch()))
        .reduce(epoch, Math::max);
  }

  /**
   * Reads the state.
   *
   * @return empty if there is none yet
   * @throws IOException if it cannot be read or is of a newer version; one line
   */
  static Optional<DevChainState> read(Path file) throws IOException {
    try {
      return Optional.of(parse(Files.readAllBytes(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads what {@link #bytes} gave.
   *
   * @param name of what they were read from, for the operator
   * @throws IOException if they are something else or of a newer version; one line
   */
  static DevChainState parse(byte[] bytes, String name) throws IOException {
    try {
      DevChainState state = JSON.readValue(bytes, DevChainState.class);
      if (state.version() > VERSION) {
        throw new IOException(
            name + " has version " + state.version() + ", newer than this program's " + VERSION);
      }
      return state;
    } catch (JsonProcessingException e) {
      throw new IOException(name + " is not the state of a development chain", e);
    }
  }

  /** As JSON. */
  byte[] bytes() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /** Writes the state so that a crash leaves the old one or the new one. */
  void write(Path file) throws IOException {
    Durable.replace(file, bytes());
  }
}
