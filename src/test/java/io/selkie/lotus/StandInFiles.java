package io.selkie.lotus;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.UniversalEntity;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.storage.FileType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the miner has on its own path, as others get it from there (LOTUS_WORKER_PROTOCOL.md 11).
 */
public final class StandInFiles {
  private static final int BLOCK = 512;

  private final LotusMinerStandIn miner;
  private final Map<String, byte[]> content = new ConcurrentHashMap<>();
  private final AtomicBoolean keepsAll = new AtomicBoolean();
  private final AtomicReference<Optional<Map.Entry<String, String>>> required =
      new AtomicReference<>(Optional.empty());
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicReference<Optional<FileType>> stalling =
      new AtomicReference<>(Optional.empty());

  StandInFiles(LotusMinerStandIn miner) {
    this.miner = miner;
  }

  /** The miner has a sector as it was sealed, as its own. */
  public void put(SealedSector sealed) {
    SectorId sector = sealed.sector().id();
    put(sector, FileType.SEALED, sealed.replica().toByteArray());
    put(sector, FileType.CACHE, tar(sealed.cache()));
  }

  /** The same of one file, or of a directory as an archive. */
  public void put(SectorId sector, FileType type, byte[] bytes) {
    content.put(path(sector, type), bytes.clone());
    miner.index().declare(miner.ownPath(), sector, SectorFileTypes.of(type), true);
  }

  /** Whether it still has it. */
  public boolean has(SectorId sector, FileType type) {
    return content.containsKey(path(sector, type));
  }

  /** From now on nothing can be deleted there. */
  public void keepAll() {
    keepsAll.set(true);
  }

  /** From now on it gives nothing to who does not send this. */
  public void requireHeader(String name, String value) {
    required.set(Optional.of(Map.entry(name, value)));
  }

  /** From now on half of a file of this type is sent, and then nothing; empty: all of all. */
  public void stall(Optional<FileType> type) {
    stalling.set(type);
  }

  /** How often somebody who may have it has asked for a file. */
  public int asked(SectorId sector, FileType type) {
    return asked.getOrDefault(path(sector, type), 0);
  }

  /** Where a file is. */
  public String url(SectorId sector, FileType type) {
    return miner.index().attached().stream()
            .filter(path -> path.id().equals(miner.ownPath()))
            .findFirst()
            .orElseThrow()
            .urls()
            .get(0)
        + "/"
        + type
        + "/"
        + sector;
  }

  private boolean isAllowed(HttpRequest request) {
    return required
        .get()
        .map(
            header ->
                request
                    .getHeader(header.getKey())
                    .filter(sent -> sent.value().equals(header.getValue()))
                    .isPresent())
        .orElse(true);
  }

  private static String path(SectorId sector, FileType type) {
    return "/remote/" + type + "/" + sector;
  }

  HttpResponse answer(HttpRequest request) {
    String path = request.getUri().path();
    byte[] bytes = content.get(path);
    if (bytes == null || !isAllowed(request) || (isDeletion(request) && keepsAll.get())) {
      return HttpResponse.create().withStatus(500);
    }
    if (isDeletion(request)) {
      content.remove(path);
      String[] parts = path.split("/", -1);
      miner
          .index()
          .drop(
              miner.ownPath(),
              SectorId.parse(parts[3]),
              SectorFileTypes.of(FileType.of(parts[2]).orElseThrow()));
      return HttpResponse.create();
    }
    asked.merge(path, 1, Integer::sum);
    ContentType type =
        path.contains("cache/")
            ? ContentTypes.parse("application/x-tar")
            : MediaTypes.APPLICATION_OCTET_STREAM.toContentType();
    boolean stalls =
        stalling.get().filter(one -> path.startsWith("/remote/" + one + "/")).isPresent();
    return stalls
        ? HttpResponse.create().withEntity(half(type, bytes))
        : HttpResponse.create().withEntity(type, bytes);
  }

  private static UniversalEntity half(ContentType type, byte[] bytes) {
    ByteString half = ByteString.fromArray(bytes, 0, bytes.length / 2);
    return HttpEntities.create(
        type, bytes.length, Source.single(half).concat(Source.<ByteString>maybe()));
  }

  private static boolean isDeletion(HttpRequest request) {
    return request.method().value().equals("DELETE");
  }

  private static byte[] tar(Map<String, Bytes> files) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    new TreeMap<>(files)
        .forEach(
            (name, bytes) -> {
              byte[] padded = bytes.toByteArray();
              all.writeBytes(header(name, padded.length));
              all.writeBytes(Arrays.copyOf(padded, (padded.length + BLOCK - 1) / BLOCK * BLOCK));
            });
    all.writeBytes(new byte[2 * BLOCK]);
    return all.toByteArray();
  }

  private static byte[] header(String name, int size) {
    byte[] block = new byte[BLOCK];
    text(block, 0, name);
    text(block, 100, "0000644");
    text(block, 108, "0000000");
    text(block, 116, "0000000");
    text(block, 124, "%011o".formatted(size));
    text(block, 136, "00000000000");
    text(block, 148, "        ");
    block[156] = '0';
    text(block, 257, "ustar\00000");
    int sum = 0;
    for (byte one : block) {
      sum += one & 0xff;
    }
    text(block, 148, "%06o\0 ".formatted(sum));
    return block;
  }

  private static void text(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
