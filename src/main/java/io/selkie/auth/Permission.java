package io.selkie.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a token allows; the words are Lotus's. A token carries a set of them, and only what is in
 * the set is allowed: a token with nothing but {@code admin} may not read.
 */
public enum Permission {
  READ("read"),
  WRITE("write"),
  SIGN("sign"),
  ADMIN("admin");

  private final String text;

  Permission(String text) {
    this.text = text;
  }

  /**
   * The permission of this name.
   *
   * @throws IllegalArgumentException listing the legal names
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Permission of(String text) {
    return Arrays.stream(values())
        .filter(permission -> permission.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(values())
                        .map(Permission::toString)
                        .collect(Collectors.joining(", ", "no such permission: use one of ", ""))));
  }

  /** This one and all before it, as {@code lotus auth create-token --perm} gives them. */
  public Set<Permission> withLower() {
    return EnumSet.range(READ, this);
  }

  /** The word of the {@code Allow} claim, such as {@code read}. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
