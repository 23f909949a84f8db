package io.selkie.journal;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.filecoin.UpdateProof;
import io.selkie.lotus.LinkEvent;
import io.selkie.lotus.calls.CallEvent;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostEvent;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sealing.SealingEvent;
import io.selkie.sealing.SealingSamples;
import io.selkie.sector.SectorEvent;
import io.selkie.serialization.JournalEvent;
import io.selkie.storage.FileType;
import io.selkie.storage.OwnReplica;
import io.selkie.storage.SectorCopy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An event of every shape that was ever written, by the name of its file in {@code
 * src/test/resources/journal}. Entries are added, never changed: the file of an older shape stays,
 * and is expected to load as what it means today.
 */
public final class JournalSamples {
  /** Every child of these must be in some sample. */
  static final List<Class<?>> SEALED =
      List.of(
          SectorEvent.class,
          TaskRequest.class,
          TaskResult.class,
          SealingEvent.class,
          HostEvent.class,
          CallEvent.class,
          CallOrder.class,
          CallOutcome.class,
          LinkEvent.class);

  private static final SectorCopy COPY =
      new SectorCopy(
          "store-1.77aa01",
          "http://10.0.0.5:4721",
          "/mnt/store",
          List.of(new SectorCopy.File("sealed/s-t01000-1", 2048, "blake3:" + hex("0f"))));
  private static final Instant AT = Instant.parse("2026-11-21T08:30:00.123456Z");
  private static final Instant STARTED = Instant.parse("2026-11-21T08:00:00Z");
  private static final Instant ENDED = Instant.parse("2026-11-21T08:29:59.5Z");
  private static final HostId HOST = new HostId("sealer-1.5f3a9c");
  private static final HostId OTHER_HOST = new HostId("sealer-2.77aa01");
  private static final String KEY = "PreCommit1:" + hex("0f");
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final PaddedSize SIZE = new PaddedSize(1024);
  private static final PieceInfo PIECE = new PieceInfo(SIZE, CommP.ofHex(hex("a1")));
  private static final Ticket TICKET = Ticket.ofHex(hex("b2"));
  private static final Seed SEED = Seed.ofHex(hex("c3"));
  private static final CommD COMM_D = CommD.ofHex(hex("d4"));
  private static final CommR COMM_R = CommR.ofHex(hex("e5"));
  private static final Bytes BYTES = Bytes.of(new byte[] {1, 2, 3, (byte) 0xff});
  private static final String DIGEST = "blake3:" + hex("f6");
  private static final Path FILE = Path.of("/repo/selkie/s-t01000-1.c1");

  private JournalSamples() {}

  /** The events by the names of their files, without {@code .json}. */
  public static SortedMap<String, JournalEvent> all() {
    SortedMap<String, JournalEvent> samples = new TreeMap<>();
    sector(samples);
    hosts(samples);
    requests(samples);
    results(samples);
    calls(samples);
    samples.put("sealing-SectorBegun-uploaded", SealingSamples.uploaded());
    for (SealingEvent event : SealingSamples.events()) {
      samples.put("sealing-" + event.getClass().getSimpleName(), event);
    }
    return samples;
  }

  private static void sector(Map<String, JournalEvent> samples) {
    samples.put("SectorAdopted", new SectorEvent.SectorAdopted(AT, TaskKind.COMMIT_2));
    samples.put(
        "GenerationBegan",
        new SectorEvent.GenerationBegan(AT, 2, "PreCommit1 after Commit1: the ticket expired"));
    samples.put("TaskAssigned", new SectorEvent.TaskAssigned(AT, 1, 2, 3, HOST));
    for (Failure.Action action : Failure.Action.values()) {
      Failure failure = new Failure(action, "no_space", "the sealing path is full");
      samples.put(
          "TaskFailed-" + action,
          new SectorEvent.TaskFailed(AT, 1, 2, 3, HOST, STARTED, ENDED, failure, Optional.empty()));
    }
    samples.put(
        "TaskFailed-again",
        new SectorEvent.TaskFailed(
            AT,
            1,
            2,
            3,
            HOST,
            STARTED,
            ENDED,
            new Failure(Failure.Action.RETRY, "died", "the prover was killed"),
            Optional.of(Instant.parse("2026-11-21T08:31:00Z"))));
    samples.put("RetryRequested", new SectorEvent.RetryRequested(AT, "operator"));
    samples.put(
        "AbortRequested",
        new SectorEvent.AbortRequested(
            AT, "api:miner", "not needed", Optional.empty(), Optional.empty()));
    samples.put(
        "AbortRequested-discard",
        new SectorEvent.AbortRequested(
            AT, "api:miner", "not needed", Optional.of(true), Optional.empty()));
    samples.put(
        "AbortRequested-frees",
        new SectorEvent.AbortRequested(
            AT, "api:miner", "not needed", Optional.of(true), Optional.of(true)));
    samples.put("TaskTakenUp", new SectorEvent.TaskTakenUp(AT, 1, 3, 2, HOST));
    samples.put("HostLost", new SectorEvent.HostLost(AT, HOST, STARTED));
    samples.put("HostReturned", new SectorEvent.HostReturned(AT, HOST));
    samples.put(
        "FilesLost",
        new SectorEvent.FilesLost(
            AT, HOST, new Failure(Failure.Action.ABANDON, "host_removed", "it was removed")));
    samples.put("MoveRequested", new SectorEvent.MoveRequested(AT, 1, 3, HOST, OTHER_HOST, true));
    samples.put(
        "SectorMoved",
        new SectorEvent.SectorMoved(AT, 1, 3, 1, HOST, OTHER_HOST, STARTED, ENDED, 2048, COPY, 4));
    samples.put("TaskResumed", new SectorEvent.TaskResumed(AT, 1, 5, TaskKind.PRE_COMMIT_2));
    samples.put("TaskStopped", new SectorEvent.TaskStopped(AT, 1, 2, 3, HOST));
  }

  private static void hosts(Map<String, JournalEvent> samples) {
    samples.put("HostJoined", new HostEvent.HostJoined(AT, HOST));
    for (HostMode mode : HostMode.values()) {
      samples.put("HostOrdered-" + mode, new HostEvent.HostOrdered(AT, HOST, mode, "alice"));
    }
    samples.put("HostForgotten", new HostEvent.HostForgotten(AT, HOST, "alice"));
    samples.put("HostStopped", new HostEvent.HostStopped(AT, HOST));
  }

  private static void requests(Map<String, JournalEvent> samples) {
    request(
        samples,
        "AddPiece-file",
        new TaskRequest.AddPiece(
            TYPE, List.of(SIZE), SIZE, PieceSource.file(FILE, 100), Optional.of("a piece")));
    request(
        samples,
        "AddPiece-uploaded",
        new TaskRequest.AddPiece(
            TYPE,
            List.of(SIZE),
            SIZE,
            PieceSource.file(FILE, 100),
            Optional.of("a piece"),
            Optional.of(HOST)));
    request(
        samples,
        "AddPiece-zeros",
        new TaskRequest.AddPiece(TYPE, List.of(), SIZE, PieceSource.zeros(), Optional.empty()));
    request(samples, "PreCommit1", new TaskRequest.PreCommit1(TYPE, TICKET, List.of(PIECE)));
    request(samples, "PreCommit2", new TaskRequest.PreCommit2(TYPE, TICKET, List.of(PIECE), BYTES));
    request(
        samples,
        "Commit1",
        new TaskRequest.Commit1(TYPE, TICKET, SEED, List.of(PIECE), COMM_R, COMM_D));
    request(samples, "Commit2", new TaskRequest.Commit2(TYPE, FILE, DIGEST));
    request(samples, "Commit2-handed", new TaskRequest.Commit2(TYPE, FILE, DIGEST).on(HOST));
    request(samples, "Finalize", new TaskRequest.Finalize(TYPE, true));
    request(samples, "Unseal", new TaskRequest.Unseal(TYPE, TICKET, COMM_D, 127, 254, FILE));
    request(samples, "Remove", new TaskRequest.Remove(TYPE));
    request(
        samples, "Remove-copy", new TaskRequest.Remove(TYPE, Optional.of(COPY), Optional.empty()));
    request(
        samples,
        "Remove-replica",
        new TaskRequest.Remove(
            TYPE,
            Optional.empty(),
            Optional.of(new OwnReplica(Optional.of(TICKET), Optional.of(COMM_R)))));
    request(samples, "UnsealPiece", new TaskRequest.UnsealPiece(TYPE, TICKET, COMM_D, 1016, 1016));
    request(samples, "Transfer", new TaskRequest.Transfer(TYPE));
    request(samples, "Release", new TaskRequest.Release(TYPE, COPY));
    request(
        samples,
        "Release-moved",
        new TaskRequest.Release(TYPE, COPY, Optional.of(HOST), Optional.empty()));
    request(samples, "Move", new TaskRequest.Move(TYPE, OTHER_HOST, 1));
    request(samples, "ReplicaUpdate", new TaskRequest.ReplicaUpdate(TYPE, List.of(PIECE)));
    TaskRequest.ProveReplicaUpdate1 update =
        new TaskRequest.ProveReplicaUpdate1(TYPE, COMM_R, CommR.ofHex(hex("a6")), COMM_D);
    request(samples, "ProveReplicaUpdate1", update);
    request(
        samples,
        "ProveReplicaUpdate2",
        new TaskRequest.ProveReplicaUpdate2(update, FILE, DIGEST, Optional.empty()));
    request(
        samples,
        "ProveReplicaUpdate2-handed",
        new TaskRequest.ProveReplicaUpdate2(update, FILE, DIGEST, Optional.of(HOST)));
    request(samples, "FinalizeReplicaUpdate", new TaskRequest.FinalizeReplicaUpdate(TYPE));
  }

  private static void request(Map<String, JournalEvent> samples, String name, TaskRequest request) {
    samples.put("TaskRequested-" + name, new SectorEvent.TaskRequested(AT, 1, 2, KEY, request));
  }

  private static void calls(Map<String, JournalEvent> samples) {
    SectorId sector = SectorId.parse("s-t01000-1");
    TaskRequest finalize = new TaskRequest.Finalize(TYPE, true);
    Set<FileType> types = Set.of(FileType.SEALED);
    call(samples, "Perform", sector, new CallOrder.Perform(finalize));
    call(
        samples,
        "AddPushedPiece",
        sector,
        new CallOrder.AddPushedPiece(TYPE, List.of(SIZE), new UnpaddedSize(1016), HOST));
    call(
        samples,
        "DataCid",
        CallOrder.DataCid.NO_SECTOR,
        new CallOrder.DataCid(new UnpaddedSize(1016), HOST, false));
    call(samples, "Fetch", sector, new CallOrder.Fetch(TYPE, types, false, true));
    call(
        samples,
        "Download",
        sector,
        new CallOrder.Download(
            TYPE,
            true,
            Map.of(
                FileType.SEALED,
                new CallOrder.Download.Source(
                    URI.create("https://example.org/s"),
                    List.of(new CallOrder.Download.Header("X-Key", "k")))),
            HOST));
    call(samples, "MoveStorage", sector, new CallOrder.MoveStorage(TYPE, types));
    call(samples, "ReleaseUnsealed", sector, new CallOrder.ReleaseUnsealed(TYPE, false));
    samples.put("lotus-PieceStored", new CallEvent.PieceStored(AT, FILE));
    ended(samples, "Gave", new CallOutcome.Gave(new TaskResult.Finalized(4)));
    ended(samples, "Done", new CallOutcome.Done());
    ended(
        samples,
        "Failed",
        new CallOutcome.Failed(new Failure(Failure.Action.RETRY, "no_space", "the path is full")));
    samples.put(
        "lotus-SessionBegan",
        new LinkEvent.SessionBegan(AT, new UUID(7, 7), "http://10.0.0.2:3456/rpc/v0"));
    samples.put("lotus-CallReported", new CallEvent.CallReported(AT));
  }

  private static void call(
      Map<String, JournalEvent> samples, String name, SectorId sector, CallOrder order) {
    samples.put("lotus-CallTaken-" + name, new CallEvent.CallTaken(AT, sector, order));
  }

  private static void ended(Map<String, JournalEvent> samples, String name, CallOutcome outcome) {
    samples.put("lotus-CallEnded-" + name, new CallEvent.CallEnded(AT, outcome));
  }

  private static void results(Map<String, JournalEvent> samples) {
    result(samples, new TaskResult.PieceAdded(PIECE));
    result(samples, new TaskResult.Labelled(BYTES, COMM_D, 1));
    result(samples, new TaskResult.Encoded(COMM_R, COMM_D));
    result(samples, new TaskResult.VanillaProved(FILE, 45_000_000, DIGEST));
    result(samples, new TaskResult.Proved(new SealProof(BYTES)));
    result(samples, new TaskResult.Finalized(4));
    result(samples, new TaskResult.Unsealed(FILE, 254));
    result(samples, new TaskResult.FilesRemoved());
    result(samples, new TaskResult.Transferred(COPY));
    result(samples, new TaskResult.Released(COPY, 4096));
    result(samples, new TaskResult.Moved(COPY));
    result(samples, new TaskResult.Updated(COMM_R, COMM_D));
    result(samples, new TaskResult.UpdateProved(new UpdateProof(BYTES)));
  }

  private static void result(Map<String, JournalEvent> samples, TaskResult result) {
    samples.put(
        "TaskSucceeded-" + result.getClass().getSimpleName(),
        new SectorEvent.TaskSucceeded(AT, 1, 2, 3, HOST, STARTED, ENDED, 2048, result));
  }

  private static String hex(String digits) {
    return digits.repeat(32);
  }
}
