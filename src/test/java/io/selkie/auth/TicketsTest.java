package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.selkie.auth.Tickets.NoTicket;
import io.selkie.auth.Tickets.Refused;
import io.selkie.auth.Tickets.Ticket;
import io.selkie.auth.Tickets.Use;
import io.selkie.filecoin.SectorId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");
  private static final SectorId SECTOR = SectorId.parse("s-t01000-7");
  private static final TokenSecret FARM = TokenSecret.of(new byte[32]);

  private static Tickets of(TokenSecret farm, String host, Instant at) {
    return new Tickets(farm, host, Clock.fixed(at, ZoneOffset.UTC));
  }

  private final Tickets maker = of(FARM, "sealer-1.5f3a9c", NOW);
  private final Tickets taker = of(FARM, "prover-2.1b2c3d", NOW);

  @Test
  void aTicketSaysWhoMadeItForWhichSectorAndUse() {
    for (Use use : Use.values()) {
      assertEquals(
          new Ticket("sealer-1.5f3a9c", SECTOR, use),
          taker.look(maker.create("prover-2.1b2c3d", SECTOR, use)));
    }
  }

  @Test
  void itIsForThatSectorAndThatUseAlone() {
    Ticket ticket = new Ticket("sealer-1.5f3a9c", SECTOR, Use.FETCH);

    assertEquals(true, ticket.isFor(SECTOR, Use.FETCH));
    assertEquals(false, ticket.isFor(SECTOR, Use.BRING));
    assertEquals(false, ticket.isFor(SectorId.parse("s-t01000-8"), Use.FETCH));
  }

  @Test
  void itCountsAtTheHostThatItIsForAlone() {
    String ticket = maker.create("another.000000", SECTOR, Use.FETCH);

    assertEquals(new Refused("the ticket is for another host"), taker.look(ticket));
    assertEquals(new Refused("the ticket is for another host"), maker.look(ticket));
  }

  @Test
  void itCountsForMinutes() {
    String ticket = maker.create("prover-2.1b2c3d", SECTOR, Use.FETCH);
    Instant end = NOW.plus(Tickets.LIFE);

    assertInstanceOf(Ticket.class, of(FARM, "prover-2.1b2c3d", end.minusSeconds(1)).look(ticket));
    assertInstanceOf(Refused.class, of(FARM, "prover-2.1b2c3d", end).look(ticket));
    Instant behind = NOW.minusSeconds(300); // its clock
    assertInstanceOf(Ticket.class, of(FARM, "prover-2.1b2c3d", behind).look(ticket));
  }

  @Test
  void thoseOfAnotherFarmDoNotCount() {
    byte[] other = new byte[32];
    other[31] = 1;
    String ticket =
        of(TokenSecret.of(other), "sealer-1.5f3a9c", NOW)
            .create("prover-2.1b2c3d", SECTOR, Use.FETCH);

    assertInstanceOf(Refused.class, taker.look(ticket));
  }

  @Test
  void whatIsNoTicketIsSaidToBeNone() {
    String token =
        new Tokens(FARM, Clock.fixed(NOW, ZoneOffset.UTC))
            .create(Permission.ADMIN, Duration.ofHours(1), "ops");

    for (String text : List.of("", "a.b.c", "...", token, token + "x", "\u0000")) {
      assertInstanceOf(NoTicket.class, taker.look(text), text);
    }
  }

  @Test
  void aChangedByteAnywhereIsRefused() {
    String ticket = maker.create("prover-2.1b2c3d", SECTOR, Use.FETCH);
    for (int i = 0; i < ticket.length() - 1; i++) { // the last character has spare bits
      String other =
          ticket.substring(0, i) + (ticket.charAt(i) == 'A' ? 'B' : 'A') + ticket.substring(i + 1);

      assertEquals(false, taker.look(other) instanceof Ticket, other);
    }
  }
}
