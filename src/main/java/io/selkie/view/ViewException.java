package io.selkie.view;

/** The read model cannot be read now, as when the database is away. */
public final class ViewException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ViewException(Throwable cause) {
    super("the read model cannot be read: " + cause.getMessage(), cause);
  }
}
