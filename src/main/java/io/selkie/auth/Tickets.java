package io.selkie.auth;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.selkie.filecoin.SectorId;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * By these the hosts of a farm let each other in at their transfer addresses: each ticket is for
 * one host, one sector and one use, and counts for minutes. Whoever needs one makes it, since all
 * have the farm's secret; none is ever sent but to the host that it is for. They are signed with a
 * secret of their own that is derived from the farm's, so that none is a token of the API, whatever
 * it says.
 */
public final class Tickets {
  /** From the making to the beginning of a request; what has begun goes on. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private static final JOSEObjectType TYPE = new JOSEObjectType("selkie-ticket+jwt");
  private static final String PURPOSE = "selkie transfer ticket 1";
  private static final String SECTOR = "sector";
  private static final String USE = "use";

  private final TokenSecret secret;
  private final String host;
  private final Clock clock;

  /** What a ticket is for. */
  public enum Use {
    /** Reading the output of the sector's Commit1. */
    FETCH,
    /** Bringing the sector's files, since it goes on there. */
    BRING;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What came of looking at a ticket. */
  public sealed interface Look {}

  /**
   * It counts here and now.
   *
   * @param from the host that made it
   */
  public record Ticket(String from, SectorId sector, Use use) implements Look {
    /** Whether it is for that. */
    public boolean isFor(SectorId which, Use what) {
      return sector.equals(which) && use == what;
    }
  }

  /**
   * It does not count.
   *
   * @param reason one line for whoever sent it; nothing of it is in it
   */
  public record Refused(String reason) implements Look {}

  /** It is no ticket at all. */
  public record NoTicket() implements Look {}

  /**
   * Tickets of a host.
   *
   * @param farm its secret
   * @param host that makes them, and that those of others are for
   */
  public Tickets(TokenSecret farm, String host, Clock clock) {
    this.secret = farm.derive(PURPOSE);
    this.host = host;
    this.clock = clock;
  }

  /**
   * Makes one.
   *
   * @param to the host that it is for
   */
  public String create(String to, SectorId sector, Use use) {
    // Without the time of its making: clocks of two hosts may be minutes apart.
    Instant end = clock.instant().plus(LIFE);
    return Jwt.sign(
        TYPE,
        new JWTClaimsSet.Builder()
            .subject(host)
            .audience(to)
            .claim(SECTOR, sector.toString())
            .claim(USE, use.text())
            .jwtID(UUID.randomUUID().toString())
            .expirationTime(Date.from(end))
            .build(),
        secret);
  }

  /** Looks at what somebody sent; whatever it is, an answer comes. */
  public Look look(String text) {
    try {
      SignedJWT token = Jwt.parse(text);
      return TYPE.equals(token.getHeader().getType()) ? open(token) : new NoTicket();
    } catch (Jwt.Refused e) {
      return new NoTicket();
    }
  }

  private Look open(SignedJWT ticket) {
    try {
      return claims(Jwt.open(ticket, List.of(secret), clock.instant()));
    } catch (Jwt.Refused e) {
      return new Refused("the ticket of another host does not count: " + e.reason());
    } catch (ParseException | IllegalArgumentException e) {
      return new Refused("the ticket says something else than tickets do");
    }
  }

  private Look claims(JWTClaimsSet claims) throws ParseException {
    if (!claims.getAudience().equals(List.of(host))) {
      return new Refused("the ticket is for another host");
    }
    @Nullable String from = claims.getSubject();
    @Nullable String sector = claims.getStringClaim(SECTOR);
    @Nullable String use = claims.getStringClaim(USE);
    for (Use known : Use.values()) {
      if (from != null && sector != null && known.text().equals(use)) {
        return new Ticket(from, SectorId.parse(sector), known);
      }
    }
    return new Refused("the ticket says something else than tickets do");
  }
}
