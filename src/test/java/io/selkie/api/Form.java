package io.selkie.api;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A multipart form as curl sends it. */
final class Form {
  private static final String BOUNDARY = "------------------------selkie";

  private final List<InputStream> parts = new ArrayList<>();

  /** A file named {@code x}. */
  Form file(String field, InputStream content) {
    parts.add(
        text(
            "--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\""
                + field
                + "\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
    parts.add(content);
    parts.add(text("\r\n"));
    return this;
  }

  Form file(byte[] content) {
    return file("file", new ByteArrayInputStream(content));
  }

  /** Makes it the body of a request. */
  HttpRequest.Builder post(HttpRequest.Builder request) {
    parts.add(text("--" + BOUNDARY + "--\r\n"));
    InputStream all = new SequenceInputStream(Collections.enumeration(parts));
    return contentType(request).POST(BodyPublishers.ofInputStream(() -> all));
  }

  static HttpRequest.Builder contentType(HttpRequest.Builder request) {
    return request.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
  }

  static String boundary() {
    return BOUNDARY;
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
