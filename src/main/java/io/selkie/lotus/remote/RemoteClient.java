package io.selkie.lotus.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import io.selkie.storage.PathSpace;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Fetches files of sectors from miners and other workers, and has them deleted there. Calls block
 * until it is done; nothing is left at the destination of a fetch that failed.
 *
 * <p>A kill leaves the part in {@code fetching}, or, between the deletion of an old directory and
 * the renaming of the new one, no directory: the source still has its files then, since they are
 * only deleted by a call of its own.
 */
public final class RemoteClient {
  private final HttpClient http;
  private final Duration stall;
  private final Set<Path> busy = ConcurrentHashMap.newKeySet();

  /**
   * A client.
   *
   * @param http follows no redirects: they would carry the token elsewhere
   * @param stall how long a source may send nothing
   */
  public RemoteClient(HttpClient http, Duration stall) {
    if (http.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("a client that follows redirects");
    }
    this.http = http;
    this.stall = stall;
  }

  /** The client that speaks as Lotus's does, with the certificates that Java trusts. */
  public static HttpClient http(Duration connect) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connect)
        .build();
  }

  /**
   * Fetches a file, or directory, from the first address that gives it whole, and puts it in its
   * place, durably; what was there is replaced.
   *
   * @throws InterruptedIOException if it was cancelled, or the thread interrupted
   * @throws IOException if none gives it, or it cannot be written here; one line with all reasons
   */
  public Fetched fetch(Fetch order) throws IOException {
    return alone(new Part(order.to(), order.type(), order.sector()), part -> fetch(order, part));
  }

  /**
   * The same of a file that is offered at an address of its own.
   *
   * @throws OfferedFile.Trouble if it is not to be had, or is not what it should be
   * @throws InterruptedIOException if it was cancelled, or the thread interrupted
   * @throws IOException if it cannot be written here; one line
   */
  public Fetched download(OfferedFile offered) throws IOException {
    return alone(
        new Part(offered.to(), offered.type(), offered.sector()),
        part -> {
          long bytes;
          try {
            bytes = new Download(http, stall, offered.source(), offered.wanted(), part).run();
            offered.check().of(part.file());
          } catch (InterruptedIOException | Disk.Trouble e) {
            throw e;
          } catch (IOException e) {
            throw new OfferedFile.Trouble(offered, e);
          }
          part.finish();
          return new Fetched(part.place(), bytes, offered.url());
        });
  }

  /**
   * Has a file, or directory, of another path of this host in its place on a path, durably; what
   * was there is replaced. Where it can be renamed, and is to be moved, it has left afterwards;
   * else it stays where it was, too, and both were read and are the same.
   *
   * @throws IOException if it cannot be done; one line. Then the source is as it was.
   */
  public Fetched take(
      SectorId sector, FileType type, StoragePath from, StoragePath to, boolean moved)
      throws IOException {
    Path source = type.of(from.root(), sector);
    return alone(
        new Part(to, type, sector),
        part -> {
          if (!moved || !part.rename(source)) {
            OwnCopy.make(source, part.file());
            part.finish();
          }
          return new Fetched(part.place(), PathSpace.size(part.place()), from.root().toUri());
        });
  }

  /** Whether two paths of this host have the same: all of it is read. */
  public static boolean isSame(SectorId sector, FileType type, StoragePath one, StoragePath other)
      throws IOException {
    return OwnCopy.isSame(type.of(one.root(), sector), type.of(other.root(), sector));
  }

  @FunctionalInterface
  private interface Way {
    Fetched go(Part part) throws IOException;
  }

  private Fetched alone(Part part, Way way) throws IOException {
    if (!busy.add(part.file())) {
      throw new IOException(part.file() + " is being fetched already");
    }
    try {
      part.begin();
      try {
        return way.go(part);
      } finally {
        part.remove();
      }
    } finally {
      busy.remove(part.file());
    }
  }

  private Fetched fetch(Fetch order, Part part) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (URI base : order.from().bases()) {
      URI url = below(base, order.type(), order.sector(), "");
      try {
        long bytes =
            new Download(http, stall, Source.of(url, order.from().token()), order.wanted(), part)
                .run();
        part.finish();
        return new Fetched(part.place(), bytes, base);
      } catch (InterruptedIOException | Disk.Trouble e) {
        throw e;
      } catch (IOException e) {
        reasons.add(url + ": " + Words.of(e));
        part.remove();
      }
    }
    throw new IOException(
        "cannot fetch %s of %s: %s"
            .formatted(
                order.type(),
                order.sector(),
                reasons.isEmpty() ? "nobody is known to have it" : String.join("; ", reasons)));
  }

  /**
   * Has the file deleted where it came from; to be called when the index knows where it is now. The
   * first address that does it is enough.
   *
   * @param keep ids of paths whose file stays
   * @throws IOException if none does; one line. The file stays there then.
   */
  public void delete(RemoteSource from, SectorId sector, FileType type, List<String> keep)
      throws IOException {
    String query =
        keep.isEmpty()
            ? ""
            : keep.stream()
                .map(RemoteClient::encoded)
                .collect(Collectors.joining(".", "?keep=", ""));
    List<String> reasons = new ArrayList<>();
    for (URI base : from.bases()) {
      URI url = below(base, type, sector, query);
      HttpRequest request = Answer.request(url, from.token()).method("DELETE", noBody()).build();
      try (Answer answer = Answer.of(http, request, stall, () -> false)) {
        if (answer.status() == Answer.OK) {
          return;
        }
        reasons.add(url + ": " + answer.refusal());
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        reasons.add(url + ": " + Words.of(e));
      }
    }
    throw new IOException(
        "cannot have %s of %s deleted: %s".formatted(type, sector, String.join("; ", reasons)));
  }

  /** Whether a fetch failed since the disk of this host does not take what came. */
  public static boolean isOfOwnDisk(IOException trouble) {
    return trouble instanceof Disk.Trouble;
  }

  private static HttpRequest.BodyPublisher noBody() {
    return HttpRequest.BodyPublishers.noBody();
  }

  /** A dot joins ids, so that none may be in one. */
  private static String encoded(String id) {
    if (id.isEmpty() || id.contains(".")) {
      throw new IllegalArgumentException("no id of a path: " + Words.quoted(id));
    }
    return URLEncoder.encode(id, UTF_8);
  }

  private static URI below(URI base, FileType type, SectorId sector, String query) {
    String text = base.toString();
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return URI.create(trimmed + "/" + type + "/" + sector + query);
  }
}
