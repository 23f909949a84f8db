package io.selkie.lotus.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.rpc.RpcEndpoint;
import io.selkie.rpc.RpcService;
import io.selkie.storage.FileType;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit is answered with an error, and reaches no method. */
@Timeout(60)
class WireRefusalTest {
  private static final ActorTestKit TESTKIT = ActorTestKit.create();
  private static final String SECTOR = "{\"ID\":{\"Miner\":1000,\"Number\":9},\"ProofType\":5}";
  private static final String COMM_D =
      "{\"/\":\"baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy\"}";
  private static final String COMM_R =
      "{\"/\":\"bagboea4b5abca2asmyrezezkoh6nqcjzxqzfkh374gdtetafpfiw2ve4qmuindqa\"}";
  private static final String OTHER_CID =
      "{\"/\":\"bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2\"}";
  private static final String TICKET = "\"8JzMK41qJKj3emTKuXAYb5epbSNMqrP3pkbivRFl+mY=\"";
  private static final String PIECE = "{\"Size\":2048,\"PieceCID\":" + COMM_D + "}";
  private static final String CIDS = "{\"Unsealed\":" + COMM_D + ",\"Sealed\":" + COMM_R + "}";
  private static final String ZEROS = "{\"Type\":\"null\",\"Info\":\"2032\"}";

  private final RpcEndpoint endpoint =
      new RpcEndpoint(
          RpcService.of(WorkerApi.class, worker()),
          token -> CompletableFuture.completedFuture(Optional.of(EnumSet.allOf(Permission.class))),
          TESTKIT.system());

  private static WorkerApi worker() {
    CallId call = CallId.random(new SectorId(new MinerId(1000), 9));
    return (WorkerApi)
        Proxy.newProxyInstance(
            WorkerApi.class.getClassLoader(),
            new Class<?>[] {WorkerApi.class},
            (proxy, method, arguments) -> CompletableFuture.completedFuture(call));
  }

  @AfterAll
  static void end() {
    TESTKIT.shutdownTestKit();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SealPreCommit1|SECTOR, TICKET, [PIECE]|yes",
        "SealPreCommit1|SECTOR, TICKET, null|yes",
        "SealPreCommit1|SECTOR, TICKET|no",
        "SealPreCommit1|SECTOR, TICKET, [PIECE], null|no",
        "SealPreCommit1|null, TICKET, [PIECE]|no",
        "SealPreCommit1|{}, TICKET, [PIECE]|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":1000,\"Number\":9},\"ProofType\":15}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":1000,\"Number\":9},\"ProofType\":99}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":1000,\"Number\":9},\"ProofType\":\"5\"}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":1000,\"Number\":9}}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":-1,\"Number\":9},\"ProofType\":5}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":{\"Miner\":1,\"Number\":18446744073709551615},\"ProofType\":5}, TICKET, []|no",
        "SealPreCommit1|{\"ID\":\"s-t01000-9\",\"ProofType\":5}, TICKET, []|no",
        "SealPreCommit1|SECTOR, \"Bw==\", [PIECE]|no",
        "SealPreCommit1|SECTOR, \"f09ccc2b8d6a24a8f77a64cab97018\", [PIECE]|no",
        "SealPreCommit1|SECTOR, null, [PIECE]|no",
        "SealPreCommit1|SECTOR, TICKET, [null]|no",
        "SealPreCommit1|SECTOR, TICKET, [{\"Size\":2047,\"PieceCID\":COMM_D}]|no",
        "SealPreCommit1|SECTOR, TICKET, [{\"Size\":2048,\"PieceCID\":COMM_R}]|no",
        "SealPreCommit1|SECTOR, TICKET, [{\"Size\":2048,\"PieceCID\":null}]|no",
        "SealPreCommit2|SECTOR, \"Bw==\"|yes",
        "SealPreCommit2|SECTOR, \"Bw\"|no",
        "SealPreCommit2|SECTOR, \"no base64!\"|no",
        "SealPreCommit2|SECTOR, \"B-_=\"|no",
        "SealPreCommit2|SECTOR, [1,2]|no",
        "SealPreCommit2|SECTOR, null|no",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], CIDS|yes",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], {\"Unsealed\":COMM_R,\"Sealed\":COMM_R}|no",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], {\"Unsealed\":COMM_D,\"Sealed\":COMM_D}|no",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], {\"Unsealed\":COMM_D,\"Sealed\":OTHER_CID}|no",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], {\"Unsealed\":null,\"Sealed\":null}|no",
        "SealCommit1|SECTOR, TICKET, TICKET, [PIECE], {\"Unsealed\":{\"/\":7},\"Sealed\":COMM_R}|no",
        "GenerateSectorKeyFromData|SECTOR, COMM_D|yes",
        "GenerateSectorKeyFromData|SECTOR, \"baga6ea4seaq\"|no",
        "GenerateSectorKeyFromData|SECTOR, {}|no",
        "AddPiece|SECTOR, [127, 1016], 2032, ZEROS|yes",
        "AddPiece|SECTOR, [], 2031, ZEROS|no",
        "AddPiece|SECTOR, [], 2032.5, ZEROS|no",
        "AddPiece|SECTOR, [], 1e3, ZEROS|no",
        "AddPiece|SECTOR, [], 2032, {\"Type\":\"null\"}|no",
        "AddPiece|SECTOR, [], 2032, null|no",
        "Fetch|SECTOR, 6, \"sealing\", \"move\"|yes",
        "Fetch|SECTOR, 64, \"sealing\", \"move\"|no",
        "Fetch|SECTOR, -1, \"sealing\", \"move\"|no",
        "Fetch|SECTOR, 6, \"sealed\", \"move\"|no",
        "Fetch|SECTOR, 6, \"sealing\", \"\"|no",
        "ReleaseUnsealed|SECTOR, [{\"Offset\":0,\"Size\":-1}]|no",
        "ReleaseUnsealed|SECTOR, [{\"Offset\":9223372036854775807,\"Size\":1}]|no",
        "DownloadSectorData|SECTOR, true, {\"3\":{\"Local\":true,\"URL\":\"\",\"Headers\":null}}|no",
        "DownloadSectorData|SECTOR, true, {\"x\":{\"Local\":true,\"URL\":\"\",\"Headers\":null}}|no",
        "TaskEnable|\"seal/v0/nothing\"|no",
        "GenerateWinningPoSt|99, 1000, [], TICKET|no",
        "GenerateWinningPoSt|3, \"t01000\", [], TICKET|no",
      })
  void whatDoesNotFitIsRefused(String method, String params, String fits) throws Exception {
    String request =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"Filecoin."
            + method
            + "\",\"params\":["
            + params
                .replace("SECTOR", SECTOR)
                .replace("PIECE", PIECE)
                .replace("TICKET", TICKET)
                .replace("CIDS", CIDS)
                .replace("ZEROS", ZEROS)
                .replace("COMM_D", COMM_D)
                .replace("COMM_R", COMM_R)
                .replace("OTHER_CID", OTHER_CID)
            + "]}";

    HttpResponse response =
        endpoint
            .handle(HttpRequest.POST("/rpc/v0?token=any").withEntity(request))
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    String body =
        response
            .entity()
            .toStrict(30_000, TESTKIT.system())
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .getData()
            .utf8String();

    assertEquals(fits.equals("yes") ? 200 : 500, response.status().intValue(), body);
    assertEquals(fits.equals("yes"), body.contains("\"result\""), body);
    assertEquals(!fits.equals("yes"), body.contains("-3270") || body.contains("-3260"), body);
    assertFalse(body.contains("java") || body.contains("selkie"), body);
  }

  @Test
  void theBitsOfFileTypesAreLotuss() {
    assertEquals(63, new SectorFileTypes(EnumSet.allOf(FileType.class)).bits());
    assertEquals(6, SectorFileTypes.of(FileType.SEALED, FileType.CACHE).bits());
    assertEquals(
        Set.of(FileType.UPDATE, FileType.UPDATE_CACHE), SectorFileTypes.ofBits(24).types());
    assertTrue(SectorFileTypes.ofBits(0).types().isEmpty());
  }
}
