package io.selkie.lotus;

import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.remote.OfferedFile;
import io.selkie.lotus.wire.SectorLocation;
import io.selkie.lotus.wire.SectorLocations;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.rpc.RpcException;
import io.selkie.scheduler.HostId;
import io.selkie.storage.FileType;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads where files of sectors are offered, as a miner says it. */
final class Downloads {
  private Downloads() {}

  /**
   * What is to be downloaded.
   *
   * @param finalized whether nothing of sealing is left to do with it
   * @param host that is to have it, if it has room
   * @throws RpcException if a file has no address that can be asked, as one that the miner has on
   *     its own disk
   */
  static CallOrder.Download order(
      SectorRef sector, boolean finalized, SectorLocations locations, HostId host)
      throws RpcException {
    Map<FileType, CallOrder.Download.Source> from = new EnumMap<>(FileType.class);
    for (Map.Entry<FileType, SectorLocation> one : locations.byType().entrySet()) {
      try {
        from.put(one.getKey(), source(one.getKey(), one.getValue()));
      } catch (IllegalArgumentException e) {
        throw new RpcException(
            "cannot download %s of %s: %s".formatted(one.getKey(), sector.id(), e.getMessage()));
      }
    }
    return new CallOrder.Download(sector.proofType(), finalized, from, host);
  }

  private static CallOrder.Download.Source source(FileType type, SectorLocation location) {
    if (type == FileType.PIECE) {
      throw new IllegalArgumentException("it is no file of a sector");
    }
    if (location.local()) {
      throw new IllegalArgumentException("it is local data of the miner, and at no address");
    }
    URI url = url(String.valueOf(location.url()));
    List<CallOrder.Download.Header> headers =
        location.headers().stream()
            .map(header -> new CallOrder.Download.Header(header.key(), header.value()))
            .toList();
    CallOrder.Download.Source source = new CallOrder.Download.Source(url, headers);
    OfferedFile.requireAskable(url, LotusFiles.headers(source));
    return source;
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      // Its message has the address, in which there may be a secret.
      throw new IllegalArgumentException("its address cannot be read", e);
    }
  }
}
