package io.selkie.lotus;

import io.selkie.lotus.wire.LotusTask;
import io.selkie.params.ParameterSet;

/** The proofs of spacetime, each of which is a worker of its own to a miner. */
enum PostKind {
  WINDOW("window", LotusTask.WINDOW_POST, ParameterSet.WINDOW_POST),
  WINNING("winning", LotusTask.WINNING_POST, ParameterSet.WINNING_POST);

  private final String name;
  private final LotusTask task;
  private final ParameterSet parameters;

  PostKind(String name, LotusTask task, ParameterSet parameters) {
    this.name = name;
    this.task = task;
    this.parameters = parameters;
  }

  LotusTask task() {
    return task;
  }

  /** What its proofs are made with. */
  ParameterSet parameters() {
    return parameters;
  }

  /** The path of its worker API, such as {@code /window-post/rpc/v0}. */
  String path() {
    return "/" + name + "-post" + MinerAddress.RPC;
  }

  /** Such as {@code window PoSt}. */
  @Override
  public String toString() {
    return name + " PoSt";
  }
}
