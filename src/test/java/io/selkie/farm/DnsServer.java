package io.selkie.farm;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback (RFC 1035, over UDP) that knows one name and its IPv4 addresses. */
final class DnsServer implements AutoCloseable {
  private static final int MOST = 512;
  private static final int HEADER = 12;
  private static final short ANSWER = (short) 0x8580; // authoritative, recursion as asked for
  private static final short NO_SUCH_NAME = 3;
  private static final short POINTER_TO_QUESTION = (short) 0xC00C;
  private static final short TYPE_A = 1;
  private static final short CLASS_IN = 1;
  private static final int SECONDS = 1;

  private final String name;
  private final List<String> addresses;
  private final DatagramSocket socket;
  private final AtomicInteger answered = new AtomicInteger();

  DnsServer(String name, List<String> addresses) throws IOException {
    this.name = name;
    this.addresses = List.copyOf(addresses);
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where it answers, such as {@code 127.0.0.1:41234}. */
  String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  /** How often it gave the addresses. */
  int answered() {
    return answered.get();
  }

  private void serve() {
    byte[] bytes = new byte[MOST];
    while (!socket.isClosed()) {
      try {
        DatagramPacket question = new DatagramPacket(bytes, bytes.length);
        socket.receive(question);
        byte[] answer = answer(ByteBuffer.wrap(bytes, 0, question.getLength()).slice());
        socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
      } catch (IOException e) {
        return; // it was closed
      }
    }
  }

  private byte[] answer(ByteBuffer question) throws IOException {
    short id = question.getShort();
    question.position(HEADER);
    String asked = readName(question);
    short type = question.getShort();
    int end = question.position() + Short.BYTES; // past the class
    boolean known = asked.equalsIgnoreCase(name);
    List<String> found = known && type == TYPE_A ? addresses : List.of();
    if (!found.isEmpty()) {
      answered.incrementAndGet();
    }
    ByteBuffer answer = ByteBuffer.allocate(MOST);
    answer.putShort(id).putShort(known ? ANSWER : (short) (ANSWER | NO_SUCH_NAME));
    answer.putShort((short) 1).putShort((short) found.size()).putShort((short) 0);
    answer.putShort((short) 0);
    answer.put(question.duplicate().position(HEADER).limit(end));
    for (String address : found) {
      answer.putShort(POINTER_TO_QUESTION).putShort(TYPE_A).putShort(CLASS_IN).putInt(SECONDS);
      byte[] raw = InetAddress.getByName(address).getAddress();
      answer.putShort((short) raw.length).put(raw);
    }
    byte[] bytes = new byte[answer.position()];
    answer.flip().get(bytes);
    return bytes;
  }

  private static String readName(ByteBuffer from) {
    StringJoiner labels = new StringJoiner(".");
    for (int length = from.get(); length > 0; length = from.get()) {
      byte[] label = new byte[length];
      from.get(label);
      labels.add(new String(label, StandardCharsets.US_ASCII));
    }
    return labels.toString();
  }

  @Override
  public void close() {
    socket.close();
  }
}
