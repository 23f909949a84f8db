package io.selkie.node;

import io.selkie.chain.DevChain;
import io.selkie.journal.Database;
import io.selkie.proofs.Proofs;
import io.selkie.scheduler.HostId;
import io.selkie.worker.ProgressBoard;
import io.selkie.worker.Worker;
import java.util.concurrent.ExecutorService;

/**
 * What a node is made of besides its actors.
 *
 * @param worker what tasks run with
 * @param local proofs for what is short
 * @param blocking threads for whatever blocks
 */
record NodeParts(
    HostId host,
    Database database,
    Proofs local,
    Worker.Parts worker,
    ProgressBoard progress,
    DevChain chain,
    ExecutorService blocking) {}
