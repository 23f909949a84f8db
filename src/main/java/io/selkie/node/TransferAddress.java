package io.selkie.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;

/** Where other hosts of the farm fetch from this one, and bring sectors to it. */
final class TransferAddress {
  private TransferAddress() {}

  /**
   * Whether other hosts reach what listens there.
   *
   * @param address of this host in the cluster
   */
  static boolean isReached(String host, String address) throws IOException {
    InetAddress bound = InetAddress.getByName(host);
    return !bound.isLoopbackAddress() || bound.equals(InetAddress.getByName(address));
  }

  /** Where they reach it: what listens everywhere is found at the address in the cluster. */
  static URI from(URI transfer, String address) throws IOException {
    String host = address.contains(":") ? "[" + address + "]" : address;
    return InetAddress.getByName(transfer.getHost()).isAnyLocalAddress()
        ? URI.create(transfer.getScheme() + "://" + host + ":" + transfer.getPort())
        : transfer;
  }
}
