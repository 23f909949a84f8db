package io.selkie.rpc;

/** The other side's refusal, or ours: it goes over the wire as the answer's error. */
public final class RpcException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Of any error that a method meets; its type does not cross the wire, its text does. */
  public static final int APPLICATION = 1;

  static final int BUG = 0;
  static final int PARSE = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int NO_METHOD = -32601;
  static final int WRONG_PARAMETERS = -32602;

  private final int code;

  /**
   * An error with a code of its own.
   *
   * @param message for the operator of the other side: nothing secret
   */
  public RpcException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The ordinary error of a method. */
  public RpcException(String message) {
    this(APPLICATION, message);
  }

  /** The code in the answer. */
  public int code() {
    return code;
  }

  /** Whether the call did not come as far as its method. */
  boolean isOfProtocol() {
    return code == BUG || (code <= INVALID_REQUEST && code >= PARSE);
  }
}
