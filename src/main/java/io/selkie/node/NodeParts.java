package io.selkie.node;

import io.selkie.auth.Tickets;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.Tokens;
import io.selkie.chain.Chain;
import io.selkie.journal.Database;
import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.scheduler.HostId;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.StoragePaths;
import io.selkie.transfer.FileDigest;
import io.selkie.worker.ProgressBoard;
import io.selkie.worker.Worker;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * What a node is made of besides its actors.
 *
 * @param worker what tasks run with
 * @param local proofs for what is short
 * @param paths of this host, and {@code places} of sectors on them
 * @param identity of this host to the others of its farm; empty: they speak in the clear
 * @param tokens that this host takes
 * @param tickets by which hosts of its farm let each other in; empty: it has none
 * @param blocking threads for whatever blocks
 */
record NodeParts(
    HostId host,
    Database database,
    Proofs local,
    StoragePaths paths,
    HostPlaces places,
    NodeJobs jobs,
    Worker.Parts worker,
    ProgressBoard progress,
    Chain chain,
    Optional<TlsIdentity> identity,
    Tokens tokens,
    Optional<Tickets> tickets,
    ExecutorService blocking) {
  /** The digest that sector manifests have. */
  FileDigest digest() {
    return file -> {
      try {
        return local.digest(file);
      } catch (ProofsException e) {
        throw new IOException(e.getMessage(), e);
      }
    };
  }
}
