package io.selkie.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a peer reads of what it is sent. */
final class TransferSamplesJson {
  private TransferSamplesJson() {}

  static Offer again(Offer offer) {
    try {
      return TransferJson.read(TransferJson.write(offer), Offer.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
