package io.selkie.api;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.Multipart;
import akka.http.javadsl.model.StatusCodes;
import akka.stream.ActorAttributes;
import akka.stream.IOResult;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Sink;
import io.selkie.api.Operations.SpooledPiece;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.PieceLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pieces of one call on their way to disk: each chunk is written as it comes, and no more than
 * the sector holds is taken. Files that do not end in a sector are removed.
 */
final class Upload {
  private static final Logger LOG = LoggerFactory.getLogger(Upload.class);
  private static final String FIELD = "file";

  /** More than any client sends on purpose. */
  private static final int MAX_PIECES = 512;

  private static final int MAX_NAME = 255;

  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Spool spool;
  private final SectorSize size;
  private final ActorSystem<?> system;
  private final Executor blocking;

  /** Every file that may be there; touched by one step of the stream after the other. */
  private final List<Path> files = new ArrayList<>();

  private final List<Long> lengths = new ArrayList<>();
  private final List<Optional<String>> names = new ArrayList<>();
  private CompletionStage<?> lastWrite = CompletableFuture.completedStage(null);

  Upload(Spool spool, SectorSize size, ActorSystem<?> system, Executor blocking) {
    this.spool = spool;
    this.size = size;
    this.system = system;
    this.blocking = blocking;
  }

  /** Takes the parts of the form; they are durable when it completes. */
  CompletionStage<List<SpooledPiece>> receive(Multipart.FormData form) {
    return form.getParts()
        .mapAsync(1, this::part)
        .runWith(Sink.ignore(), system)
        .thenApplyAsync(done -> keep(), blocking);
  }

  private CompletionStage<Long> part(Multipart.FormData.BodyPart part) {
    if (!part.getName().equals(FIELD)) {
      throw Call.invalid("the form may have parts named " + FIELD + " only");
    }
    if (files.size() == MAX_PIECES) {
      throw tooLarge("one call takes at most " + MAX_PIECES + " files");
    }
    long left = size.unpadded().bytes() - lengths.stream().mapToLong(Long::longValue).sum();
    Path file = spool.part();
    files.add(file);
    names.add(part.getFilename().map(Upload::printable).filter(name -> !name.isEmpty()));
    CompletionStage<IOResult> write =
        part.getEntity()
            .getDataBytes()
            .limitWeighted(left, chunk -> (long) chunk.size())
            .runWith(
                FileIO.toPath(file, NEW)
                    .withAttributes(ActorAttributes.dispatcher(ApiServer.BLOCKING)),
                system);
    lastWrite = write.exceptionally(failure -> null);
    return write.thenApply(result -> written(result.getCount()));
  }

  /** A name is only shown, never opened. */
  private static String printable(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.substring(0, Math.min(clean.length(), MAX_NAME));
  }

  private long written(long length) {
    if (length == 0) {
      throw Call.invalid("a file is empty: a piece takes at least one byte");
    }
    lengths.add(length);
    checkRoom();
    return length;
  }

  /** Pieces are padded and aligned, so they can be too much although their bytes are not. */
  private void checkRoom() {
    try {
      PieceLayout.fill(size, lengths);
    } catch (IllegalArgumentException e) {
      throw tooLarge(String.valueOf(e.getMessage()));
    }
  }

  private List<SpooledPiece> keep() {
    if (files.isEmpty()) {
      throw Call.invalid("the form has no part named " + FIELD + ": send 1 file or more");
    }
    try {
      List<Path> kept = spool.keep(files);
      List<SpooledPiece> pieces = new ArrayList<>();
      for (int i = 0; i < kept.size(); i++) {
        pieces.add(new SpooledPiece(kept.get(i), lengths.get(i), names.get(i)));
      }
      return pieces;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes whatever is there, once nothing writes any more. */
  CompletionStage<Void> remove() {
    return lastWrite.thenAcceptAsync(
        done -> {
          for (Path file : files) {
            try {
              spool.remove(file);
            } catch (IOException e) {
              LOG.warn("a file of an upload is left: {}", e.getMessage());
            }
          }
        },
        blocking);
  }

  static ApiException tooLarge(String message) {
    return new ApiException(StatusCodes.CONTENT_TOO_LARGE, "too_large", message);
  }
}
