package io.selkie.serialization;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes objects out of the types of their parts: for each kind of part that there may be, at least
 * one object has it.
 */
final class RecordSamples {
  private final Map<Class<?>, List<Object>> known = new HashMap<>();
  private final Deque<Class<?>> making = new ArrayDeque<>();

  RecordSamples() {
    known.put(int.class, List.of(1, 2));
    known.put(Integer.class, List.of(1, 2));
    known.put(long.class, List.of(3L, 1L << 40));
    known.put(Long.class, List.of(3L, 1L << 40));
    known.put(double.class, List.of(0.5));
    known.put(boolean.class, List.of(true, false));
    known.put(Boolean.class, List.of(true, false));
    known.put(String.class, List.of("a text", "ein \u00df \"Text\""));
    known.put(Path.class, List.of(Path.of("/data/a file")));
    known.put(Instant.class, List.of(Instant.parse("2026-01-02T03:04:05.678901Z")));
    known.put(Duration.class, List.of(Duration.ofMillis(1500)));
    known.put(URI.class, List.of(URI.create("http://10.0.0.5:4721")));
    known.put(UUID.class, List.of(new UUID(1, 2)));
  }

  /** Uses these wherever the type is wanted: not every value of its parts is legal. */
  <T> RecordSamples with(Class<T> type, List<? extends T> samples) {
    known.put(type, List.copyOf(samples));
    return this;
  }

  /** Objects of a class. */
  List<Object> of(Class<?> type) {
    return samples(type);
  }

  private List<Object> samples(Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection(generic);
    }
    Class<?> plain = (Class<?>) type;
    if (known.containsKey(plain)) {
      return known.get(plain);
    }
    if (plain.isEnum()) {
      return List.of(plain.getEnumConstants());
    }
    if (plain.isSealed()) {
      return variants(plain);
    }
    if (plain.isRecord()) {
      return records(plain);
    }
    throw new AssertionError("say what a sample of " + plain + " is");
  }

  /** By their names: the compiler lists them in the order in which it came upon them. */
  private List<Object> variants(Class<?> type) {
    List<Class<?>> variants = new ArrayList<>(List.of(type.getPermittedSubclasses()));
    variants.sort(Comparator.comparing(Class::getName));
    List<Object> all = new ArrayList<>();
    for (Class<?> variant : variants) {
      if (!making.contains(variant)) {
        all.addAll(samples(variant));
      }
    }
    return all;
  }

  private List<Object> collection(ParameterizedType type) {
    Class<?> raw = (Class<?>) type.getRawType();
    if (known.containsKey(raw)) {
      return known.get(raw);
    }
    List<List<Object>> parts =
        Arrays.stream(type.getActualTypeArguments()).map(this::samples).toList();
    List<Object> first = parts.get(0);
    List<Object> all = new ArrayList<>();
    if (raw == Optional.class) {
      first.forEach(value -> all.add(Optional.of(value)));
      all.add(Optional.empty());
    } else if (raw == List.class) {
      first.forEach(value -> all.add(List.of(value)));
      all.add(List.of());
    } else if (raw == Set.class) {
      first.forEach(value -> all.add(Set.of(value)));
      all.add(Set.of());
    } else if (raw == Map.class) {
      for (int i = 0; i < first.size(); i++) {
        all.add(Map.of(first.get(i), parts.get(1).get(i % parts.get(1).size())));
      }
    } else {
      throw new AssertionError("say what a sample of " + type + " is");
    }
    return all;
  }

  private List<Object> records(Class<?> type) {
    making.push(type);
    RecordComponent[] components = type.getRecordComponents();
    List<List<Object>> parts =
        Arrays.stream(components).map(part -> samples(part.getGenericType())).toList();
    making.pop();
    int count = parts.stream().mapToInt(List::size).max().orElse(1);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      all.add(
          make(
              type,
              components,
              parts.stream().map(part -> part.get(number % part.size())).toArray()));
    }
    return all;
  }

  private static Object make(Class<?> type, RecordComponent[] components, Object[] values) {
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new AssertionError("say what a sample of " + type + " is", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no " + type + " can be made", e);
    }
  }
}
