package io.selkie.worker;

import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.ProofsProgress;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Jobs that answer what the test says, once it lets them. */
final class ScriptedJobs implements Jobs {
  static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");

  /** How a call of the proofs is answered. */
  interface Answer {
    Object to(String operation, Object work) throws Exception;
  }

  final List<String> calls = new java.util.concurrent.CopyOnWriteArrayList<>();
  final Map<String, String> logs = new ConcurrentHashMap<>();
  final CountDownLatch release = new CountDownLatch(1);
  final CountDownLatch atWork = new CountDownLatch(1);
  private final Map<String, Boolean> jobs = new ConcurrentHashMap<>();
  final CountDownLatch removed = new CountDownLatch(1);
  private final Set<String> hangs = ConcurrentHashMap.newKeySet();
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();
  private final Answer answer;

  /** Done right before a job is made. */
  volatile Runnable beforeJob = () -> {};

  ScriptedJobs(Answer answer) {
    this.answer = answer;
  }

  /** There is a job from an earlier life. */
  ScriptedJobs with(String name) {
    jobs.put(name, false);
    return this;
  }

  /** Proofs that answer at once. */
  static Proofs proofs(Answer answer) {
    return (Proofs)
        Proxy.newProxyInstance(
            ScriptedJobs.class.getClassLoader(),
            new Class<?>[] {Proofs.class},
            (proxy, method, arguments) ->
                answer.to(
                    method.getName(),
                    arguments[0] instanceof List<?> list ? list.get(0) : arguments[0]));
  }

  @Override
  public Set<String> present() {
    return Set.copyOf(jobs.keySet());
  }

  @Override
  public Optional<Instant> madeAt(String name) {
    return Optional.of(MADE).filter(made -> jobs.containsKey(name));
  }

  @Override
  public Optional<Instant> answeredAt(String name) {
    return Optional.of(MADE.plusSeconds(9)).filter(made -> jobs.getOrDefault(name, false));
  }

  @Override
  public String log(String name) {
    return logs.getOrDefault(name, "");
  }

  @Override
  public Proofs run(
      String name,
      Map<String, String> environment,
      Runnable onDurable,
      ProofsProgress.Listener listener) {
    return proofs(
        (operation, work) -> {
          calls.add("run " + name + " " + operation);
          beforeJob.run();
          jobs.put(name, false);
          onDurable.run();
          listener.onProgress(new ProofsProgress(operation, "s-t01000-1", "layer", 1, 2));
          atWork.countDown();
          while (!release.await(1, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            if (stopped.contains(name)) {
              throw new ProofsException(ProofsFailure.of(ProofsFailure.Kind.DIED, "called off"));
            }
          }
          Object result = answer.to(operation, work);
          jobs.put(name, true);
          return result;
        });
  }

  @Override
  public void stop(String name) {
    calls.add("stop " + name);
    stopped.add(name);
    jobs.remove(name);
  }

  @Override
  public void remove(String name) throws ProofsException {
    calls.add("remove " + name);
    if (hangs.remove(name)) {
      throw new ProofsException(
          ProofsFailure.of(ProofsFailure.Kind.ERROR, "its prover does not end"));
    }
    jobs.remove(name);
    removed.countDown();
  }

  /** It cannot be removed the first time. */
  ScriptedJobs hanging(String name) {
    hangs.add(name);
    return with(name);
  }
}
