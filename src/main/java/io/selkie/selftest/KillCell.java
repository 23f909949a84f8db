package io.selkie.selftest;

import io.selkie.scheduler.TaskKind;
import io.selkie.sealing.SealingEvent;
import io.selkie.sealing.SealingState;
import io.selkie.sealing.SealingTransitions;
import io.selkie.sector.SectorEvent;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTransitions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One place at which a node or a prover is killed, and the life of the sector that comes by it.
 *
 * @param point without the sector, such as {@code PreCommit1.TaskAssigned.after-persist}
 */
public record KillCell(Life life, TaskKind phase, Victim victim, String point) {
  /** What a sector goes through before it comes to the point. */
  public enum Life {
    /** It is sealed, and nothing else happens. */
    SEALED,
    /** The prover of the phase is killed at work. */
    PROVER_DIES,
    /** The phase is aborted at work, and tried again. */
    ABORTED,
    /** It is sealed, then removed. */
    REMOVED
  }

  /** What is killed at the point. */
  public enum Victim {
    NODE,
    PROVER
  }

  private static final List<String> POINTS =
      List.of("before-persist", "after-persist", "after-effect", "before-acknowledgement");
  private static final List<String> JOB_POINTS =
      List.of(
          "start.before-effect",
          "start.after-effect",
          "start.before-acknowledgement",
          "report.before-acknowledgement");
  private static final List<String> PROVER_POINTS =
      List.of("before-work", "after-work", "after-result");

  /** The driver's states in which it waits for the phase. */
  private static final Map<Class<? extends SealingState>, TaskKind> DRIVEN =
      Map.of(
          SealingState.Packing.class, TaskKind.ADD_PIECE,
          SealingState.PreCommit1.class, TaskKind.PRE_COMMIT_1,
          SealingState.PreCommit2.class, TaskKind.PRE_COMMIT_2,
          SealingState.Commit1.class, TaskKind.COMMIT_1,
          SealingState.Commit2.class, TaskKind.COMMIT_2,
          SealingState.FinalizeSector.class, TaskKind.FINALIZE);

  /** The sealed life of a driver: each event from the state in which it normally comes. */
  private static final Set<String> SEALED =
      Set.of(
          "Undefined SectorBegun",
          "Packing PieceAdded",
          "Packing SectorPacked",
          "GetTicket TicketDrawn",
          "PreCommit1 PreCommit1Done",
          "PreCommit2 PreCommit2Done",
          "PreCommitting PreCommitSubmitted",
          "PreCommitWait PreCommitLanded",
          "WaitSeed SeedDrawn",
          "Commit1 Commit1Done",
          "Commit2 Commit2Done",
          "SubmitCommit CommitSubmitted",
          "CommitWait SectorProven",
          "FinalizeSector Finalized");

  /** Rows without cells of their own, and why. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("Unknown SectorAdopted", "persisted with TaskRequested; needs another worker"),
          Map.entry("Idle GenerationBegan", "persisted with TaskRequested"),
          Map.entry("Failed GenerationBegan", "persisted with TaskRequested"),
          Map.entry("Aborted GenerationBegan", "persisted with TaskRequested"),
          Map.entry("Failed TaskRequested", "as Idle TaskRequested; the simulation goes there"),
          Map.entry("Aborted TaskRequested", "as Idle TaskRequested; the simulation goes there"),
          Map.entry(
              "Failed RetryRequested", "as Aborted RetryRequested; the simulation goes there"),
          Map.entry("Waiting RetryRequested", "a matter of seconds; the simulation goes there"),
          Map.entry("Waiting AbortRequested", "a matter of seconds; the simulation goes there"),
          Map.entry(
              "Running TaskTakenUp", "nodes do it that were killed; the simulation goes there"),
          Map.entry("Stopping TaskTakenUp", "as for Running"),
          Map.entry("Stopping TaskSucceeded", "a race; the simulation goes there"));

  /** They need a host more: one that goes away, or goes on. The simulation kills nodes there. */
  private static final Set<String> OF_OTHER_HOSTS =
      Set.of(
          "HostLost", "HostReturned", "FilesLost", "MoveRequested", "SectorMoved", "TaskResumed");

  /** The point at this sector. */
  String at(String sector) {
    return point + "@" + sector;
  }

  /** Where the prover of an eventful life is held until something happens to it. */
  Optional<String> proverHold(String sector) {
    return life == Life.PROVER_DIES || life == Life.ABORTED
        ? Optional.of(phase + ".before-work@" + sector)
        : Optional.empty();
  }

  /** All cells. */
  public static List<KillCell> all() {
    List<KillCell> cells = new ArrayList<>();
    for (SectorTransitions.Row<?, ?> row : SectorTransitions.rows()) {
      cells.addAll(ofSector(row.from(), row.event()));
    }
    for (SealingTransitions.Row row : SealingTransitions.rows()) {
      cells.addAll(ofDriver(row.from(), row.event()));
    }
    for (TaskKind phase : phases().toList()) {
      JOB_POINTS.forEach(
          point -> cells.add(new KillCell(Life.SEALED, phase, Victim.NODE, phase + "." + point)));
      PROVER_POINTS.forEach(
          point -> cells.add(new KillCell(Life.SEALED, phase, Victim.PROVER, phase + "." + point)));
    }
    return cells;
  }

  /** Rows that have neither cells nor a reason. */
  public static Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    for (SectorTransitions.Row<?, ?> row : SectorTransitions.rows()) {
      String name = name(row.from(), row.event());
      if (ofSector(row.from(), row.event()).isEmpty()
          && !ELSEWHERE.containsKey(name)
          && !OF_OTHER_HOSTS.contains(row.event().getSimpleName())) {
        missing.add(name);
      }
    }
    for (SealingTransitions.Row row : SealingTransitions.rows()) {
      String name = name(row.from(), row.event());
      if (ofDriver(row.from(), row.event()).isEmpty() && !isFailureOfChainOrChoice(name)) {
        missing.add(name);
      }
    }
    return missing;
  }

  /**
   * Rows of the driver that need a chain which refuses, a ticket that expires, files that vanish,
   * or an operator's word at a certain moment. They persist and go on like every other row: there
   * is one place in the actor for all.
   */
  private static boolean isFailureOfChainOrChoice(String name) {
    return Stream.of(
                "TicketExpired",
                "SteppedBack",
                "StepFailed",
                "Retried",
                "GivenUp",
                "RemovalRequested")
            .anyMatch(event -> name.endsWith(" " + event))
        || Set.of(
                // TransferTrial kills nodes here: the matrix has no long-term storage.
                "Proving SectorTransferred",
                "Transferred SourceReleased",
                "Proving TransferFailed",
                "Transferred TransferFailed",
                "Transferred CopyLost",
                "NotTransferred TransferRetried",
                "PreCommitting PreCommitLanded",
                "SubmitCommit SeedDrawn",
                "SubmitCommit SectorProven")
            .contains(name);
  }

  private static String name(Class<?> from, Class<?> event) {
    return from.getSimpleName() + " " + event.getSimpleName();
  }

  private static List<KillCell> ofSector(
      Class<? extends SectorState> from, Class<? extends SectorEvent> event) {
    String name = name(from, event);
    return switch (name) {
      case "Unknown TaskRequested" -> cells(Life.SEALED, event, TaskKind.ADD_PIECE);
      case "Idle TaskRequested" -> {
        List<KillCell> cells = new ArrayList<>();
        phases()
            .filter(phase -> phase != TaskKind.ADD_PIECE)
            .forEach(phase -> cells.addAll(cells(Life.SEALED, event, phase)));
        cells.addAll(cells(Life.REMOVED, event, TaskKind.REMOVE));
        yield cells;
      }
      case "Waiting TaskAssigned", "Running TaskSucceeded" -> {
        List<KillCell> cells = new ArrayList<>();
        phases().forEach(phase -> cells.addAll(cells(Life.SEALED, event, phase)));
        cells.addAll(cells(Life.REMOVED, event, TaskKind.REMOVE));
        yield cells;
      }
      case "Running TaskFailed" ->
          phases().flatMap(phase -> cells(Life.PROVER_DIES, event, phase).stream()).toList();
      case "Running AbortRequested", "Stopping TaskStopped", "Aborted RetryRequested" ->
          phases().flatMap(phase -> cells(Life.ABORTED, event, phase).stream()).toList();
      default -> List.of();
    };
  }

  private static List<KillCell> cells(
      Life life, Class<? extends SectorEvent> event, TaskKind phase) {
    return POINTS.stream()
        .map(
            point ->
                new KillCell(
                    life, phase, Victim.NODE, phase + "." + event.getSimpleName() + "." + point))
        .toList();
  }

  private static List<KillCell> ofDriver(
      Class<? extends SealingState> from, Class<? extends SealingEvent> event) {
    String name = name(from, event);
    TaskKind phase = DRIVEN.getOrDefault(from, TaskKind.ADD_PIECE);
    Optional<Life> life =
        switch (name) {
          case "Proving RemovalRequested", "Removing SectorRemoved" -> Optional.of(Life.REMOVED);
          default -> {
            if (SEALED.contains(name)) {
              yield Optional.of(Life.SEALED);
            }
            yield event == SealingEvent.StepFailed.class && DRIVEN.containsKey(from)
                ? Optional.of(Life.ABORTED)
                : Optional.empty();
          }
        };
    return life.stream()
        .flatMap(
            lived ->
                POINTS.stream()
                    .map(
                        point ->
                            new KillCell(
                                lived, phase, Victim.NODE, event.getSimpleName() + "." + point)))
        .toList();
  }

  private static Stream<TaskKind> phases() {
    return Arrays.stream(TaskKind.values()).filter(TaskKind::isPhase);
  }

  /** Those that a short run takes: of the lives that phases share, one phase stands for all. */
  public static List<KillCell> some() {
    return all().stream()
        .filter(
            cell ->
                cell.life() == Life.SEALED
                    || cell.life() == Life.REMOVED
                    || cell.phase() == TaskKind.PRE_COMMIT_1)
        .toList();
  }

  @Override
  public String toString() {
    return life + " " + victim + " " + point;
  }
}
