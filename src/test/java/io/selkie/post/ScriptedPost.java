package io.selkie.post;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.PostWork;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.worker.Device;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Proofs of spacetime that are words, other holders, and a device: as a test says. */
public final class ScriptedPost implements PostProofs, OtherHolders, PostDevices {
  /** Sectors that cannot be read. */
  public final Set<Long> broken = ConcurrentHashMap.newKeySet();

  /** Sectors whose read hangs until {@link #hang} opens. */
  public final Set<Long> hanging = ConcurrentHashMap.newKeySet();

  /** What hangs goes on. */
  public final CountDownLatch hang = new CountDownLatch(1);

  /** Sectors that others have. */
  public final Map<Long, List<URI>> elsewhere = new ConcurrentHashMap<>();

  /** Sectors that turn out to be bad when the Groth proof is made. */
  public final Set<Long> faulty = ConcurrentHashMap.newKeySet();

  /** What Groth proofs were made of. */
  public final List<PostWork.ProvePost> proved = new CopyOnWriteArrayList<>();

  /** What was verified. */
  public final List<PostWork.VerifyPost> verified = new CopyOnWriteArrayList<>();

  /** What was read here, by its replica's path. */
  public final List<String> read = new CopyOnWriteArrayList<>();

  /** Who holds a device now. */
  public final Set<String> held = ConcurrentHashMap.newKeySet();

  /** How long devices were to be waited for. */
  public final List<Duration> patience = new CopyOnWriteArrayList<>();

  /** Whether proofs hold. */
  public volatile boolean holds = true;

  /** What one read gives. */
  public static Bytes words(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Bytes vanilla(PostWork.VanillaPost work) throws ProofsException {
    PostWork.Replica replica = work.replicas().get(0);
    read.add(replica.sealed() + " " + replica.cache());
    if (hanging.contains(replica.number())) {
      try {
        hang.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed("called off", List.of());
      }
    }
    if (broken.contains(replica.number())) {
      throw failed("the replica is not there", List.of(replica.number()));
    }
    return words(replica.number() + " here at " + work.challenges().orElseThrow().get(0));
  }

  private static ProofsException failed(String why, List<Long> faulty) {
    return new ProofsException(
        new ProofsFailure(ProofsFailure.Kind.ERROR, why, List.of(), Optional.empty(), faulty));
  }

  @Override
  public PostProof prove(PostWork.ProvePost work, Device device) throws ProofsException {
    if (held.isEmpty()) {
      throw new IllegalStateException("a proof without a device");
    }
    proved.add(work);
    if (!faulty.isEmpty()) {
      throw failed("faulty sectors", List.copyOf(faulty));
    }
    return new PostProof(work.postType(), words("proof on " + device.id()));
  }

  @Override
  public boolean verify(PostWork.VerifyPost post) {
    verified.add(post);
    return holds;
  }

  @Override
  public List<URI> having(SectorId sector, boolean update) {
    return elsewhere.getOrDefault(sector.number(), List.of());
  }

  @Override
  public Bytes vanilla(URI holder, SectorId sector, PostProofType type, ChallengedSector challenged)
      throws IOException {
    if (holder.getHost().startsWith("broken")) {
      throw new IOException(holder + " has lost it");
    }
    return words(sector.number() + " at " + holder.getHost());
  }

  @Override
  public CompletionStage<Lease> lease(String holder, Duration waits) {
    held.add(holder);
    patience.add(waits);
    return CompletableFuture.completedStage(
        new Lease(new Device("cpu-0", Map.of()), () -> held.remove(holder)));
  }
}
