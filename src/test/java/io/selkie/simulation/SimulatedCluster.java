package io.selkie.simulation;

import io.selkie.scheduler.FarmMembers;
import io.selkie.scheduler.HostId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The cluster, as those see it that go on: who is a member, and who is given up since nobody
 * reached it for long enough, or since its next life joins. It outlives every node, for the
 * scheduler that begins on the main one may be one that begins elsewhere.
 */
final class SimulatedCluster {
  private static final long LOOK = 500;

  private final World world;
  private final Farm farm;
  private final long patience;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private FarmMembers watch = new FarmMembers();
  private FarmMembers.Seen told = FarmMembers.Seen.NOTHING;
  private int lives;

  private static final class Member {
    private final Node node;
    private final Life life;
    private long reachedAt;

    private Member(Node node, Life life, long now) {
      this.node = node;
      this.life = life;
      this.reachedAt = now;
    }

    private Optional<HostId> host() {
      return Optional.of(node.host());
    }
  }

  SimulatedCluster(Farm farm) {
    this.world = farm.world;
    this.farm = farm;
    this.patience = world.between(2_000, 20_000);
    lookLater();
  }

  /** A node has begun its life: it joins soon. */
  void begins(Node node) {
    Life life = node.life();
    world.after(life, world.between(0, 2_000), () -> join(node, life));
  }

  private void join(Node node, Life life) {
    if (node.isCut()) {
      world.after(life, LOOK, () -> join(node, life));
      return;
    }
    // At the same address only when its former life is removed.
    boolean waits = false;
    if (world.random.nextInt(4) > 0) {
      for (Map.Entry<String, Member> former : new LinkedHashMap<>(members).entrySet()) {
        if (former.getValue().node == node) {
          giveUp(former.getKey());
          waits = true;
        }
      }
    }
    if (waits) {
      world.after(life, world.between(500, 6_000), () -> join(node, life));
      return;
    }
    String name = node.host() + "#" + lives++;
    world.note(() -> name + " joins");
    Member member = new Member(node, life, world.millis());
    members.put(name, member);
    watch.isThere(name, member.host(), world.instant());
    tell();
  }

  private void lookLater() {
    world.after(
        world.unending,
        LOOK,
        () -> {
          look();
          lookLater();
        });
  }

  private void look() {
    for (Map.Entry<String, Member> entry : new LinkedHashMap<>(members).entrySet()) {
      Member member = entry.getValue();
      if (!member.life.isOver() && !member.node.isCut()) {
        member.reachedAt = world.millis();
      } else if (world.millis() - member.reachedAt > patience) {
        giveUp(entry.getKey());
      }
    }
  }

  /** Its process, if it lives, ends soon; or it speaks on for a while, as none of Akka's would. */
  private void giveUp(String name) {
    world.note(() -> "the cluster gives up " + name);
    Member member = members.remove(name);
    watch.givenUp(name, member.host(), world.instant());
    if (!member.life.isOver() && world.random.nextInt(4) > 0) {
      world.after(member.life, world.between(0, 5_000), member.node::kill);
    }
    tell();
  }

  /** What a scheduler is told that begins now: now and then its node has only just come. */
  FarmMembers.Seen seen() {
    if (world.random.nextInt(4) == 0) {
      watch = new FarmMembers();
      members.forEach((name, member) -> watch.isThere(name, member.host(), world.instant()));
    }
    told = watch.seen();
    return told;
  }

  private void tell() {
    if (!watch.seen().equals(told)) {
      told = watch.seen();
      farm.scheduler().members(told);
    }
  }
}
