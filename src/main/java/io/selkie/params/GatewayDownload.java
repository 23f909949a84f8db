package io.selkie.params;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Gets one file from one gateway: asks again while that makes sense, then checks the digest. */
final class GatewayDownload {
  /** Less than this between two failures counts as nothing, or a gateway could go on for ever. */
  private static final long MIN_PROGRESS_BYTES = 1 << 20;

  private final FetchSettings settings;
  private final Sleeper sleeper;
  private final ParameterFile file;
  private final PartFile part;
  private final ParameterListener listener;

  GatewayDownload(
      FetchSettings settings,
      Sleeper sleeper,
      ParameterFile file,
      PartFile part,
      ParameterListener listener) {
    this.settings = settings;
    this.sleeper = sleeper;
    this.file = file;
    this.part = part;
    this.listener = listener;
  }

  /**
   * Brings the part to the whole file with the right digest.
   *
   * @return empty if that is done, else why not; a part with a wrong digest is gone then
   */
  Optional<String> run(GatewayRequest request, URI uri, String title)
      throws IOException, InterruptedException {
    part.nextSender();
    boolean ranges = true;
    long counted = part.length();
    int attempt = 0;
    while (true) {
      Transfer transfer = request.send(uri, ranges, title);
      if (part.length() >= counted + MIN_PROGRESS_BYTES) {
        counted = part.length();
        attempt = 0;
      }
      Duration wait = Duration.ZERO;
      String reason;
      if (transfer instanceof Transfer.Arrived) {
        boolean inherited = part.isInherited();
        Optional<String> wrong = check();
        if (wrong.isEmpty() || !inherited) {
          return wrong;
        }
        counted = 0;
        reason = wrong.get() + ", starting again";
      } else if (transfer instanceof Transfer.BadRange bad && ranges) {
        ranges = false;
        reason = bad.reason() + ", asking for all of it";
      } else if (transfer instanceof Transfer.BadRange bad) {
        return Optional.of(bad.reason());
      } else if (transfer instanceof Transfer.Refused refused) {
        return Optional.of(refused.reason());
      } else if (transfer instanceof Transfer.Broken broken) {
        attempt++;
        reason = broken.reason();
        wait = broken.retryAfter().orElse(shorter(RetryWait.after(attempt), settings.maxWait()));
        if (wait.compareTo(settings.maxWait()) > 0) {
          return Optional.of(reason + ", asks to come back in " + wait.toSeconds() + " s");
        }
      } else {
        attempt++;
        reason = "sends the file in small parts";
      }
      if (attempt >= settings.attempts()) {
        return Optional.of(reason + " (" + attempt + " times)");
      }
      if (!(transfer instanceof Transfer.Continues)) {
        String when = wait.isZero() ? "" : "; again in " + wait.toSeconds() + " s";
        listener.message(file.name() + " from " + uri.getHost() + ": " + reason + when);
      }
      sleeper.sleep(wait);
    }
  }

  /** Empty if the part is the file; else it is emptied. */
  private Optional<String> check() throws IOException {
    ParameterDigest digest = digest();
    if (digest.equals(file.digest())) {
      return Optional.empty();
    }
    part.clear();
    return Optional.of("wrong digest " + digest + ", should be " + file.digest());
  }

  private ParameterDigest digest() throws IOException {
    listener.begin(
        "check " + file.name(), OptionalLong.of(part.length()), ParameterListener.Unit.BYTES);
    try {
      return part.digest(listener::advanceTo);
    } finally {
      listener.end();
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
