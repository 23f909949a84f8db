package io.selkie.worker;

import io.selkie.proofs.InProcessJobs;
import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsProgress;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Jobs by name; those of a node have provers that outlive this process. Calls block. */
public interface Jobs {
  /**
   * Those that run in this process, and those whose provers another life of the node left: they are
   * taken up where they are.
   */
  static Jobs inProcess(InProcessJobs own, Jobs left) {
    return new Jobs() {
      @Override
      public Set<String> present() throws IOException {
        Set<String> names = new LinkedHashSet<>(own.present());
        names.addAll(left.present());
        return names;
      }

      @Override
      public Optional<Instant> madeAt(String name) throws IOException {
        Optional<Instant> here = own.madeAt(name);
        return here.isPresent() ? here : left.madeAt(name);
      }

      @Override
      public Optional<Instant> answeredAt(String name) throws IOException {
        Optional<Instant> here = own.answeredAt(name);
        return here.isPresent() ? here : left.answeredAt(name);
      }

      @Override
      public Proofs run(
          String name,
          Map<String, String> environment,
          Runnable onDurable,
          ProofsProgress.Listener listener) {
        return isLeft(name)
            ? left.run(name, environment, onDurable, listener)
            : own.run(name, onDurable, listener);
      }

      private boolean isLeft(String name) {
        try {
          return left.madeAt(name).isPresent();
        } catch (IOException e) {
          return true; // whoever runs it there meets the same trouble, and says so
        }
      }

      @Override
      public String log(String name) throws IOException {
        return left.log(name);
      }

      @Override
      public void stop(String name) throws ProofsException {
        own.stop(name);
        left.stop(name);
      }

      @Override
      public void remove(String name) throws ProofsException {
        own.remove(name);
        left.remove(name);
      }
    };
  }

  /** Those of a node. */
  static Jobs of(NodeJobs jobs) {
    return new Jobs() {
      @Override
      public Set<String> present() throws IOException {
        return jobs.present();
      }

      @Override
      public Optional<Instant> madeAt(String name) throws IOException {
        return jobs.madeAt(name);
      }

      @Override
      public Optional<Instant> answeredAt(String name) throws IOException {
        return jobs.answeredAt(name);
      }

      @Override
      public Proofs run(
          String name,
          Map<String, String> environment,
          Runnable onDurable,
          ProofsProgress.Listener listener) {
        return jobs.run(name, environment, onDurable, listener);
      }

      @Override
      public String log(String name) throws IOException {
        return jobs.log(name);
      }

      @Override
      public void stop(String name) throws ProofsException {
        jobs.stop(name);
      }

      @Override
      public void remove(String name) throws ProofsException {
        jobs.remove(name);
      }
    };
  }

  /** The names of all jobs that are there, running or ended. */
  Set<String> present() throws IOException;

  /** When the job was made; empty if there is none. */
  Optional<Instant> madeAt(String name) throws IOException;

  /** When its answer was written; empty if there is none. */
  Optional<Instant> answeredAt(String name) throws IOException;

  /**
   * The proofs as this job: good for one call, which starts the job or takes it up.
   *
   * @param environment of its prover, on top of what all have
   * @param onDurable told once the job cannot be lost any more
   */
  Proofs run(
      String name,
      Map<String, String> environment,
      Runnable onDurable,
      ProofsProgress.Listener listener);

  /** What the prover of the job has said; empty if there is none. */
  String log(String name) throws IOException;

  /**
   * Ends the job: when this returns no prover works on it. Nothing happens if there is none.
   *
   * @throws ProofsException if that is not certain
   */
  void stop(String name) throws ProofsException;

  /** Removes a job that has ended. Nothing happens if there is none. */
  void remove(String name) throws ProofsException;
}
