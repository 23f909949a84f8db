package io.selkie.transfer;

import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A place that may take sectors. Calls block. */
interface Destination {
  /** What a transfer to a place costs, the cheapest first. */
  enum Way {
    /** The same file system: no byte moves. */
    RENAME,
    /** Another file system of this host. */
    COPY,
    /** The network. */
    SEND
  }

  /**
   * What there is to know before a choice.
   *
   * @param freeBytes that a sector may take
   * @param store what the place is known by, whatever it is called: two that have the same are one;
   *     empty: it is known by its name
   */
  record Space(Way way, long freeBytes, Optional<String> store) {
    /** Of a place that is known by its name. */
    Space(Way way, long freeBytes) {
      this(way, freeBytes, Optional.empty());
    }
  }

  /** As the operator wrote it. */
  String place();

  /**
   * Looks whether it can be reached, and what it has.
   *
   * @param sources the files that are to go there
   */
  Space look(List<Path> sources, Control control) throws IOException, TransferTrouble, Control.Held;

  /**
   * Brings the sector there: begins, or goes on with what arrived earlier. When it returns every
   * file was read back, is durable and in place.
   *
   * @param sources where the files of the offer are, in its order
   * @param committing called before anything is put in place for good
   * @throws TransferTrouble if it cannot; what has arrived stays for the next try
   */
  SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
      throws IOException, TransferTrouble, Control.Held;

  /** The copy, if it is in place and whole; asked right before the source is deleted. */
  Optional<SectorCopy> find(Offer offer, Control control)
      throws IOException, TransferTrouble, Control.Held;

  /**
   * Gives up what the place has of the offer: what has arrived is deleted; what is in place goes to
   * the trash there. Nothing that came by another offer is touched.
   */
  void discard(Offer offer, Control control) throws IOException, TransferTrouble, Control.Held;

  /** Writes down that the destination may put the sector in place from here on. */
  @FunctionalInterface
  interface Committing {
    void commit() throws IOException;
  }
}
