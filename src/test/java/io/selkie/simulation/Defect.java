package io.selkie.simulation;

/** What those around the rules can do wrong, to see that the invariants notice. */
public enum Defect {
  NONE(0),
  /** A sector that waits after a failure sets no timer. */
  SECTOR_NEVER_WAKES(1),
  /** A sector says everything once, as if no message was ever lost. */
  SECTOR_SAYS_IT_ONCE(1),
  /** A worker says of every prover that it killed it, and kills none. */
  WORKER_KILLS_NOBODY(2),
  /** A prover does not look whether another one works on its job. */
  PROVER_TAKES_NO_LOCK(2),
  /** A worker offers one slot more than it is to use, and uses it. */
  WORKER_OFFERS_TOO_MUCH(3),
  /** Pool and worker take what they are told to, whether a slot is free or not. */
  POOL_COUNTS_NOTHING(3),
  /** A worker begins whatever it is told to, whatever its host may use. */
  WORKER_ADMITS_ALL(3),
  /** A worker removes a job once it read the result. */
  WORKER_REMOVES_BEFORE_ACKNOWLEDGED(4),
  /** A job that is there is begun anew. */
  RUNNER_ADOPTS_NOTHING(4),
  /** A sector whose events could not be written goes on as if they were. */
  SECTOR_OUTLIVES_FAILED_PERSIST(5),
  /** Of several events that belong together only the first is written. */
  SECTOR_WRITES_HALF(5),
  /** A sector tells the first result of a phase, whatever came of later generations. */
  SECTOR_ANSWERS_BY_PHASE(6),
  /** A sector takes the result of any attempt for that of its own. */
  SECTOR_FENCES_NOTHING(6),
  /** A sector keeps its slot after its task ended. */
  SECTOR_NEVER_WITHDRAWS(7),
  /** The scheduler does not hear that a slot is given back. */
  SCHEDULER_IGNORES_WITHDRAW(7),
  /** A worker leaves the job directories of ended attempts. */
  WORKER_NEVER_REMOVES(7),
  /** A worker that starts does not look for jobs. */
  WORKER_IGNORES_WHAT_IT_FINDS(7),
  /** A sector answers, and then writes down what it answered. */
  SECTOR_ANSWERS_BEFORE_PERSIST(8),
  /** A sector tries a failed task again at once. */
  SECTOR_CANNOT_WAIT(9),
  /** A sector does not say where its files are. */
  SECTOR_FORGETS_ITS_HOST(10),
  /** A sector does not say where the input of a Commit2 is to be had. */
  SECTOR_FORGETS_INPUTS(10),
  /** The scheduler takes a host that says nothing for one that is off. */
  SCHEDULER_TAKES_LOST_FOR_OFF(11),
  /** The scheduler takes a host that the cluster has given up for one that is off. */
  SCHEDULER_TAKES_GIVEN_UP_FOR_OFF(11),
  /** A new scheduler does not know what the operator ordered. */
  SCHEDULER_FORGETS_ORDERS(12),
  /** Who brings a sector to another host deletes it where it was, once it is there. */
  MOVE_DELETES_ITS_SOURCE(13),
  /** A host says that a sector has come to it before it is whole. */
  MOVE_ENDS_TOO_EARLY(13),
  /** The scheduler sends a sector to any host, whether that offers its next phase or not. */
  SCHEDULER_SENDS_ANYWHERE(14);

  private final int invariant;

  Defect(int invariant) {
    this.invariant = invariant;
  }

  /** The one that it breaks first of all. */
  int invariant() {
    return invariant;
  }
}
