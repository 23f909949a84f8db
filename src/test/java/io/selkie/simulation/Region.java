package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
import io.selkie.sector.SimulatedSector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Sharding: starts sectors when somebody speaks to them, and those that were there before. */
final class Region {
  private final Farm farm;
  private final Set<SectorId> remembered = new LinkedHashSet<>();
  private final Map<SectorId, Entity> entities = new LinkedHashMap<>();
  private final Map<SectorId, List<Consumer<SimulatedSector>>> leaving = new LinkedHashMap<>();

  Region(Farm farm) {
    this.farm = farm;
  }

  void begin() {
    entities.clear();
    leaving.clear();
    remembered.forEach(this::startSoon);
  }

  private void startSoon(SectorId sector) {
    farm.world.after(farm.main().life(), farm.world.between(1, 2_000), () -> find(sector));
  }

  private Entity find(SectorId sector) {
    remembered.add(sector);
    return entities.computeIfAbsent(
        sector, key -> new Entity(farm, key, farm.main().life().part()));
  }

  void tell(SectorId sector, Consumer<SimulatedSector> message) {
    if (farm.main().life().isOver()) {
      return;
    }
    if (leaving.containsKey(sector)) {
      leaving.get(sector).add(message);
    } else {
      find(sector).tell(message);
    }
  }

  void passivate(Entity entity) {
    if (leaving.containsKey(entity.sector)) {
      return;
    }
    leaving.put(entity.sector, new ArrayList<>());
    farm.world.after(
        farm.main().life(),
        farm.world.between(0, 5),
        () -> entity.tell(core -> core.leave(() -> left(entity))));
  }

  private void left(Entity entity) {
    farm.world.note(() -> entity.sector + " leaves memory");
    entity.state().ifPresent(farm.invariants::memoryIsTheJournal);
    entity.end();
    entities.remove(entity.sector, entity);
    remembered.remove(entity.sector);
    List<Consumer<SimulatedSector>> messages = leaving.remove(entity.sector);
    if (messages != null) {
      messages.forEach(message -> find(entity.sector).tell(message));
    }
  }

  /** A sector goes to another place, with nothing but its journal. */
  void move(SectorId sector) {
    Entity entity = entities.get(sector);
    if (entity != null && !leaving.containsKey(sector)) {
      entity.end();
      entities.remove(sector);
      startSoon(sector);
    }
  }

  List<SectorId> inMemory() {
    return List.copyOf(entities.keySet());
  }

  Optional<Entity> entity(SectorId sector) {
    return Optional.ofNullable(entities.get(sector));
  }
}
