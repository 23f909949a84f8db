package io.selkie.proofs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.AggregateProof;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.UpdateProof;
import io.selkie.params.ParameterSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The operations as requests and replies of the native side ({@code native/src/request.rs}). */
abstract class JsonProofs implements Proofs {
  /** Version of the request language, which is also the version of the library's functions. */
  static final int ABI_VERSION = 1;

  static final ObjectMapper JSON = ProofsJson.mapper();

  /**
   * Hands a request over and returns the reply, {@code {"ok":…}}.
   *
   * @throws ProofsException if there is no reply
   */
  abstract byte[] exchange(byte[] request) throws ProofsException;

  @Override
  public ProofsBuild about() throws ProofsException {
    return convert(call("about", Map.of()), new TypeReference<>() {});
  }

  @Override
  public PieceInfo pieceCommitment(SealProofType proofType, PieceSource source, PaddedSize size)
      throws ProofsException {
    JsonNode result =
        call("pieceCommitment", Map.of("proofType", proofType, "source", source, "size", size));
    return convert(result, new TypeReference<>() {});
  }

  @Override
  public CommD dataCommitment(SealProofType proofType, List<PieceInfo> pieces)
      throws ProofsException {
    JsonNode result = call("dataCommitment", Map.of("proofType", proofType, "pieces", pieces));
    return convert(result.path("commD"), new TypeReference<>() {});
  }

  @Override
  public List<Outcome<PieceInfo>> addPiece(List<SealWork.AddPiece> work) throws ProofsException {
    return each("addPiece", work, "", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<SealWork.PreCommit1Result>> preCommit1(List<SealWork.PreCommit1> work)
      throws ProofsException {
    return each("preCommit1", work, "", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<SealWork.PreCommit2Result>> preCommit2(List<SealWork.PreCommit2> work)
      throws ProofsException {
    return each("preCommit2", work, "", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<SealWork.Commit1Result>> commit1(List<SealWork.Commit1> work)
      throws ProofsException {
    return each("commit1", work, "", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<SealProof>> commit2(List<SealWork.Commit2> work) throws ProofsException {
    return each("commit2", work, "/proof", new TypeReference<>() {});
  }

  @Override
  public boolean verifySeal(SealWork.VerifySeal seal) throws ProofsException {
    return valid("verifySeal", seal);
  }

  @Override
  public List<Outcome<Long>> unseal(List<SealWork.Unseal> work) throws ProofsException {
    return each("unseal", work, "/bytes", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<Integer>> clearCache(List<SealWork.ClearCache> work) throws ProofsException {
    return each("clearCache", work, "/removed", new TypeReference<>() {});
  }

  @Override
  public List<Long> winningSectors(PostWork.WinningSectors draw) throws ProofsException {
    return convert(call("winningSectors", draw).path("indexes"), new TypeReference<>() {});
  }

  @Override
  public List<Outcome<Bytes>> vanillaPost(PostWork.VanillaPost work) throws ProofsException {
    JsonNode result = call("vanillaPost", work);
    return outcomes(result, work.replicas().size(), "/proof", new TypeReference<>() {});
  }

  @Override
  public PostProof provePost(PostWork.ProvePost work) throws ProofsException {
    Bytes proof = convert(call("provePost", work).path("proof"), new TypeReference<>() {});
    return new PostProof(work.postType(), proof);
  }

  @Override
  public boolean verifyPost(PostWork.VerifyPost post) throws ProofsException {
    ObjectNode request = JSON.valueToTree(post);
    request.set("postType", JSON.valueToTree(post.proof().type()));
    request.set("proof", JSON.valueToTree(post.proof().bytes()));
    return valid("verifyPost", request);
  }

  @Override
  public List<Outcome<UpdateWork.UpdateEncodeResult>> updateEncode(
      List<UpdateWork.UpdateEncode> work) throws ProofsException {
    return each("updateEncode", work, "", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<List<Bytes>>> updateVanilla(List<UpdateWork.UpdateVanilla> work)
      throws ProofsException {
    return each("updateVanilla", work, "/vanilla", new TypeReference<>() {});
  }

  @Override
  public List<Outcome<UpdateProof>> updateProve(List<UpdateWork.UpdateProve> work)
      throws ProofsException {
    return each("updateProve", work, "/proof", new TypeReference<>() {});
  }

  @Override
  public boolean verifyUpdate(UpdateWork.VerifyUpdate update) throws ProofsException {
    return valid("verifyUpdate", update);
  }

  @Override
  public List<Outcome<Long>> updateDecode(List<UpdateWork.UpdateDecode> work)
      throws ProofsException {
    return each("updateDecode", work, "/bytes", new TypeReference<>() {});
  }

  @Override
  public AggregateProof aggregate(AggregateWork.Aggregate work) throws ProofsException {
    return convert(call("aggregate", work).path("proof"), new TypeReference<>() {});
  }

  @Override
  public boolean verifyAggregate(AggregateWork.VerifyAggregate aggregate) throws ProofsException {
    return valid("verifyAggregate", aggregate);
  }

  @Override
  public void generateParameters(SectorSize size, ParameterSet set) throws ProofsException {
    call(
        "generateParameters", Map.of("sectorBytes", size.bytes(), "sets", List.of(set.toString())));
  }

  @Override
  public String digest(Path file) throws ProofsException {
    return convert(call("digest", Map.of("path", file)).path("digest"), new TypeReference<>() {});
  }

  private boolean valid(String operation, Object body) throws ProofsException {
    return convert(call(operation, body).path("valid"), new TypeReference<>() {});
  }

  private <R> List<Outcome<R>> each(
      String operation, List<?> work, String part, TypeReference<R> type) throws ProofsException {
    return outcomes(call(operation, Map.of("sectors", work)), work.size(), part, type);
  }

  private JsonNode call(String operation, Object body) throws ProofsException {
    ObjectNode call = JSON.valueToTree(body);
    call.put("op", operation);
    ObjectNode envelope = JSON.createObjectNode().put("abi", ABI_VERSION);
    envelope.set("call", call);
    JsonNode reply;
    try {
      reply = JSON.readTree(exchange(JSON.writeValueAsBytes(envelope)));
    } catch (IOException e) {
      throw unexpected(e);
    }
    if (reply.path("ok").asBoolean()) {
      return reply.path("result");
    }
    throw new ProofsException(convert(reply, new TypeReference<>() {}));
  }

  private static <R> List<Outcome<R>> outcomes(
      JsonNode result, int expected, String part, TypeReference<R> type) throws ProofsException {
    JsonNode sectors = result.path("sectors");
    if (sectors.size() != expected) {
      throw unexpected(sectors.size() + " outcomes for " + expected + " sectors");
    }
    List<Outcome<R>> outcomes = new ArrayList<>();
    for (JsonNode sector : sectors) {
      if (sector.path("ok").asBoolean()) {
        outcomes.add(new Outcome.Success<>(convert(sector.path("result").at(part), type)));
      } else {
        outcomes.add(new Outcome.Failed<>(convert(sector, new TypeReference<>() {})));
      }
    }
    return List.copyOf(outcomes);
  }

  private static <R> R convert(JsonNode node, TypeReference<R> type) throws ProofsException {
    // Jackson would make null of these.
    if (node.isMissingNode() || node.isNull()) {
      throw unexpected("a part is missing");
    }
    try {
      return JSON.readerFor(type).readValue(node);
    } catch (IOException e) {
      throw unexpected(e);
    }
  }

  private static ProofsException unexpected(IOException e) {
    // The message itself goes on with the place in the JSON, on another line.
    String why = e instanceof JsonProcessingException json ? json.getOriginalMessage() : "";
    return unexpected(why.isEmpty() ? Causes.describe(e) : why.lines().findFirst().orElse(why));
  }

  private static ProofsException unexpected(String why) {
    return new ProofsException(
        ProofsFailure.of(
            ProofsFailure.Kind.ERROR, "the reply of the native side is not as expected: " + why));
  }
}
