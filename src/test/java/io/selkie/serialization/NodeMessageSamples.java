package io.selkie.serialization;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TestTasks;
import io.selkie.scheduler.WorkerCommand;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** All that may go from node to node: the types of messages, and objects of each. */
final class NodeMessageSamples {
  private static final Bytes32 BYTES = Bytes32.ofHex("0a".repeat(32));
  private static final SectorId SECTOR = SectorId.parse("s-t01000-7");

  private static final List<Class<?>> TYPES = find();

  private NodeMessageSamples() {}

  /** Makes messages that name this actor wherever they name one. */
  static RecordSamples to(ActorRef<?> actor) {
    SealProofType type = SealProofType.forSectorSize(SectorSize.KIB_2);
    TaskId task = TestTasks.task(7, 2, TaskKind.PRE_COMMIT_1);
    return new RecordSamples()
        .with(ActorRef.class, List.of(actor))
        .with(SectorId.class, List.of(SECTOR))
        .with(HostId.class, List.of(new HostId("sealer-1.5f3a9c")))
        .with(MinerId.class, List.of(new MinerId(1000)))
        .with(TaskId.class, List.of(task))
        .with(TaskId.Attempt.class, List.of(task.attempt(3)))
        .with(
            WorkerCommand.Start.class,
            Arrays.stream(TaskKind.values())
                .map(
                    kind ->
                        new WorkerCommand.Start(
                            TestTasks.task(7, 2, kind).attempt(1), TestTasks.request(kind)))
                .toList())
        .with(SealProofType.class, List.of(type))
        .with(Bytes.class, List.of(Bytes.of(new byte[] {1, 2})))
        .with(Bytes32.class, List.of(BYTES))
        .with(CommD.class, List.of(new CommD(BYTES)))
        .with(CommR.class, List.of(new CommR(BYTES)))
        .with(CommP.class, List.of(new CommP(BYTES)))
        .with(Ticket.class, List.of(Ticket.of(BYTES)))
        .with(Seed.class, List.of(Seed.of(BYTES)))
        .with(SealProof.class, List.of(new SealProof(Bytes.of(new byte[192]))))
        .with(PaddedSize.class, List.of(new PaddedSize(2048)))
        .with(UnpaddedSize.class, List.of(new PaddedSize(2048).unpadded()))
        .with(PieceInfo.class, List.of(new PieceInfo(new PaddedSize(2048), new CommP(BYTES))));
  }

  /** By their names; found by their marker, so that none is forgotten. */
  static List<Class<?>> types() {
    return TYPES;
  }

  private static List<Class<?>> find() {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.selkie").stream()
            .filter(type -> type.isAssignableTo(NodeMessage.class))
            .filter(type -> !type.isAssignableTo(NoSerializationVerificationNeeded.class))
            .filter(type -> !type.isInterface())
            .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
            .<Class<?>>map(JavaClass::reflect)
            .sorted(Comparator.comparing(Class::getName))
            .toList();
  }
}
