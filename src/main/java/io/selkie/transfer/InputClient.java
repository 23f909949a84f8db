package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Fetches the output of Commit1 from the transfer address of the host that made it. */
public final class InputClient {
  /** More than any output of Commit1: 64 GiB sectors have some 50 MB. */
  private static final long MOST = 256L << 20;

  private static final int OK = 200;

  private final HttpClient client;
  private final Duration patience;

  /**
   * A client.
   *
   * @param patience with a peer that does not answer
   */
  public InputClient(Duration patience) {
    this.client = HttpClient.newBuilder().connectTimeout(patience).build();
    this.patience = patience;
  }

  /**
   * Puts the file in place, whole and durable. Blocks.
   *
   * @throws IOException if it cannot be had now; one line
   */
  public void fetch(FileSource from, SectorId sector, Path to) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(from.url() + TransferServer.commit1(sector)))
            .timeout(patience)
            .header("Authorization", "Bearer " + from.token())
            .build();
    Path part = to.resolveSibling(to.getFileName() + ".part");
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != OK) {
          throw new IOException("it answers " + response.statusCode());
        }
        write(body, part);
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
              + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the output of Commit1 was fetched", e);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void write(InputStream body, Path part) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      byte[] buffer = new byte[1 << 20];
      long bytes = 0;
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        bytes += read;
        if (bytes > MOST) {
          throw new IOException("it sends more than " + MOST + " bytes");
        }
        Landing.writeFully(file, java.nio.ByteBuffer.wrap(buffer, 0, read), bytes - read);
      }
      file.force(true);
    }
  }
}
