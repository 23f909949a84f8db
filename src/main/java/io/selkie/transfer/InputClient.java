package io.selkie.transfer;

import io.selkie.auth.Tickets;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TlsTrouble;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Fetches the output of Commit1 from the transfer address of the host that made it. */
public final class InputClient {
  /** More than any output of Commit1: 64 GiB sectors have some 50 MB. */
  private static final long MOST = 256L << 20;

  private static final int OK = 200;

  private final Optional<TlsIdentity> identity;
  private final Optional<Tickets> tickets;
  private final Duration patience;
  private final Duration deadline;
  private Optional<Client> client = Optional.empty();

  /** One for as long as the certificates stay. */
  private record Client(@Nullable SSLContext tls, HttpClient http) {}

  /**
   * A client.
   *
   * @param identity of this host, which hosts with TLS ask for
   * @param tickets of this host; empty: it is in no farm
   * @param patience with a peer that does not answer
   * @param deadline of a fetch as a whole
   */
  public InputClient(
      Optional<TlsIdentity> identity,
      Optional<Tickets> tickets,
      Duration patience,
      Duration deadline) {
    this.identity = identity;
    this.tickets = tickets;
    this.patience = patience;
    this.deadline = deadline;
  }

  private synchronized HttpClient client() {
    @Nullable SSLContext tls = identity.map(TlsIdentity::context).orElse(null);
    if (client.isEmpty() || client.get().tls() != tls) {
      HttpClient.Builder made =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(patience);
      if (tls != null) {
        made.sslContext(tls);
      }
      client = Optional.of(new Client(tls, made.build()));
    }
    return client.get().http();
  }

  /**
   * Puts the file in place, whole and durable. Blocks.
   *
   * @throws IOException if it cannot be had now; one line
   */
  public void fetch(FileSource from, SectorId sector, Path to) throws IOException {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    try {
      receive(from, sector, part);
      try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
        file.force(true);
      }
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Durably.sync(part.resolveSibling("."));
    } catch (IOException e) {
      throw new IOException(
          "cannot fetch the output of Commit1 of "
              + sector
              + " from host "
              + from.host()
              + " at "
              + from.url()
              + ": "
              + TlsTrouble.line("it", e).orElse(e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the output of Commit1 was fetched", e);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void receive(FileSource from, SectorId sector, Path part)
      throws IOException, InterruptedException {
    if ("https".equals(from.url().getScheme()) && identity.isEmpty()) {
      throw new IOException("it asks who this host is: turn selkie.transfer.tls.enabled on");
    }
    if (tickets.isEmpty()) {
      throw new IOException("this host shares no secret with it, so they are of no farm");
    }
    String ticket = tickets.get().create(from.host().value(), sector, Tickets.Use.FETCH);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(from.url() + TransferServer.commit1(sector)))
            .timeout(patience)
            .header("Authorization", "Bearer " + ticket)
            .build();
    CompletableFuture<HttpResponse<Optional<Path>>> sent = client().sendAsync(request, to(part));
    try {
      HttpResponse<Optional<Path>> response = sent.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw new IOException("it answers " + response.statusCode());
      }
      if (response.body().isEmpty()) {
        throw new IOException("it sends more than " + MOST + " bytes, or does not say how many");
      }
    } catch (TimeoutException e) {
      throw new IOException("it did not come whole within " + deadline.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      sent.cancel(true); // else what is late would go on being written
    }
  }

  /** Into the file, if it is one that can be; the client itself compares the length. */
  private static BodyHandler<Optional<Path>> to(Path part) {
    return info -> {
      OptionalLong length = info.headers().firstValueAsLong("Content-Length");
      boolean good = info.statusCode() == OK && length.isPresent() && length.getAsLong() <= MOST;
      return good
          ? BodySubscribers.mapping(
              BodySubscribers.ofFile(
                  part,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING),
              Optional::of)
          : BodySubscribers.replacing(Optional.empty());
    };
  }
}
