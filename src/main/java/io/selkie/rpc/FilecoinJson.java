package io.selkie.rpc;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.Converter;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.Cid;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.util.function.Function;

/**
 * The words of the field as Lotus's JSON has them (LOTUS_WORKER_PROTOCOL.md 7), where Selkie's own
 * JSON, of the journal and of REST, is another: commitments are CIDs, which have to be of their
 * kind, randomness is base64, a sector is an object, and a miner is the number of its actor.
 */
final class FilecoinJson {
  private FilecoinJson() {}

  static SimpleModule module() {
    SimpleModule module = new SimpleModule("lotus");
    add(module, CommD.class, Cid.class, CommD::cid, CommD::ofCid);
    add(module, CommP.class, Cid.class, CommP::cid, CommP::ofCid);
    add(module, CommR.class, Cid.class, CommR::cid, CommR::ofCid);
    add(module, Ticket.class, Bytes.class, t -> bytes(t.bytes()), b -> new Ticket(bytes32(b)));
    add(module, Seed.class, Bytes.class, s -> bytes(s.bytes()), b -> new Seed(bytes32(b)));
    add(
        module,
        PostRandomness.class,
        Bytes.class,
        randomness -> bytes(randomness.bytes()),
        given -> new PostRandomness(bytes32(given)));
    add(module, MinerId.class, Long.class, MinerId::id, MinerId::new);
    add(module, SectorId.class, SectorForm.class, SectorForm::of, SectorForm::sector);
    add(module, PieceInfo.class, PieceForm.class, PieceForm::of, PieceForm::piece);
    add(module, PostProof.class, PostProofForm.class, PostProofForm::of, PostProofForm::proof);
    return module;
  }

  private static Bytes bytes(Bytes32 bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  private static Bytes32 bytes32(Bytes bytes) {
    return Bytes32.of(bytes.toByteArray());
  }

  private record SectorForm(MinerId miner, long number) {
    static SectorForm of(SectorId sector) {
      return new SectorForm(sector.miner(), sector.number());
    }

    SectorId sector() {
      return new SectorId(miner, number);
    }
  }

  private record PieceForm(PaddedSize size, @JsonProperty("PieceCID") CommP pieceCid) {
    static PieceForm of(PieceInfo piece) {
      return new PieceForm(piece.size(), piece.commP());
    }

    PieceInfo piece() {
      return new PieceInfo(size, pieceCid);
    }
  }

  private record PostProofForm(@JsonProperty("PoStProof") PostProofType type, Bytes proofBytes) {
    static PostProofForm of(PostProof proof) {
      return new PostProofForm(proof.type(), proof.bytes());
    }

    PostProof proof() {
      return new PostProof(type, proofBytes);
    }
  }

  private static <T, F> void add(
      SimpleModule module,
      Class<T> type,
      Class<F> form,
      Function<T, F> write,
      Function<F, T> read) {
    module.addSerializer(type, new StdDelegatingSerializer(type, new Change<>(type, form, write)));
    module.addDeserializer(type, new StdDelegatingDeserializer<>(new Change<>(form, type, read)));
  }

  private record Change<A, B>(Class<A> from, Class<B> to, Function<A, B> function)
      implements Converter<A, B> {
    @Override
    public B convert(A value) {
      return function.apply(value);
    }

    @Override
    public JavaType getInputType(TypeFactory types) {
      return types.constructType(from);
    }

    @Override
    public JavaType getOutputType(TypeFactory types) {
      return types.constructType(to);
    }
  }
}
