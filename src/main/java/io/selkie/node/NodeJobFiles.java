package io.selkie.node;

import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsProgress;
import io.selkie.worker.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs of provers, as a worker wants them.
 *
 * @param directory the directory of the job directories
 */
record NodeJobFiles(NodeJobs jobs, Path directory) implements Jobs {
  @Override
  public Set<String> present() throws IOException {
    return jobs.present();
  }

  @Override
  public Optional<Instant> madeAt(String name) throws IOException {
    return changed(directory.resolve(name).resolve("job.json"));
  }

  @Override
  public Optional<Instant> answeredAt(String name) throws IOException {
    return changed(directory.resolve(name).resolve("result.json"));
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

  private static Optional<Instant> changed(Path file) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(file).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
