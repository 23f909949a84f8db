package io.selkie.api;

import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import io.selkie.auth.Permission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * One operation of the interface. The table of these is what the server serves, and what the
 * OpenAPI document is compared with.
 *
 * @param path below {@link #BASE}, with parts such as <code>{sector}</code>
 * @param permission that the caller's token must carry; empty: no token is needed
 * @param operation its name in the OpenAPI document
 * @param parameters of the query
 * @param statuses of its answers, those of every endpoint aside (404 of an unknown path, 405, 500)
 * @param readsBody whether its handler reads a body; that of any other call is passed over
 * @param streams whether an answer or a body may take any time, and HEAD makes no sense
 * @param audited whether calls go into the audit log: all that change the node's state, its disk
 *     and its journal included
 */
record Endpoint(
    HttpMethod method,
    String path,
    Optional<Permission> permission,
    String operation,
    Set<String> parameters,
    Set<Integer> statuses,
    boolean readsBody,
    boolean streams,
    boolean audited,
    Handler handler) {
  /** Where all paths begin. */
  static final String BASE = "/api/v1";

  /** Does what is asked; an {@link ApiException}, thrown or completed with, is the answer too. */
  @FunctionalInterface
  interface Handler {
    CompletionStage<HttpResponse> handle(Call call);
  }

  static Builder get(String path, String operation) {
    return new Builder(HttpMethods.GET, path, operation);
  }

  static Builder post(String path, String operation) {
    return new Builder(HttpMethods.POST, path, operation);
  }

  static Builder delete(String path, String operation) {
    return new Builder(HttpMethods.DELETE, path, operation);
  }

  /** For messages. */
  String parameterNames() {
    return parameters.isEmpty() ? "none" : String.join(", ", new TreeSet<>(parameters));
  }

  /** Whether it answers this method: HEAD as GET, without the body. */
  boolean takes(HttpMethod asked) {
    return asked.equals(method)
        || (asked.equals(HttpMethods.HEAD) && method.equals(HttpMethods.GET) && !streams);
  }

  /** The named parts of a path that fits the template; empty if it does not. */
  Optional<Map<String, String>> match(List<String> segments) {
    String[] template = (BASE + path).substring(1).split("/", -1);
    if (template.length != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < template.length; i++) {
      String part = template[i];
      if (part.startsWith("{")) {
        named.put(part.substring(1, part.length() - 1), segments.get(i));
      } else if (!part.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(Map.copyOf(named));
  }

  /** Names the columns of the table. */
  static final class Builder {
    private final HttpMethod method;
    private final String path;
    private final String operation;
    private Optional<Permission> permission = Optional.empty();
    private Set<String> parameters = Set.of();
    private final Set<Integer> statuses = new TreeSet<>();
    private boolean readsBody;
    private boolean streams;
    private boolean audited;

    private Builder(HttpMethod method, String path, String operation) {
      this.method = method;
      this.audited = !method.equals(HttpMethods.GET);
      this.path = path;
      this.operation = operation;
    }

    Builder needs(Permission needed) {
      permission = Optional.of(needed);
      return this;
    }

    Builder takes(String... names) {
      parameters = Set.of(names);
      return this;
    }

    Builder answers(Integer... codes) {
      statuses.addAll(List.of(codes));
      return this;
    }

    Builder readsBody() {
      readsBody = true;
      return this;
    }

    Builder streams() {
      streams = true;
      return this;
    }

    /** Of a GET that does more than to read. */
    Builder audited() {
      audited = true;
      return this;
    }

    Endpoint by(Handler handler) {
      List<Integer> all = new ArrayList<>(statuses);
      permission.ifPresent(needed -> all.addAll(List.of(401, 403)));
      all.add(400); // of an unknown parameter
      return new Endpoint(
          method,
          path,
          permission,
          operation,
          parameters,
          Set.copyOf(new TreeSet<>(all)),
          readsBody,
          streams,
          audited,
          handler);
    }
  }
}
