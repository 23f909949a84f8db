package io.selkie.transfer;

import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import io.selkie.auth.Permission;
import io.selkie.auth.Tickets;
import io.selkie.auth.Tokens;
import io.selkie.auth.Verification;
import io.selkie.filecoin.SectorId;
import java.util.Optional;

/**
 * Whom the transfer address lets in: who has a token for write that was made here or in this farm,
 * and hosts of the farm with a ticket, each for one sector and one use.
 */
final class Gate {
  private static final String SCHEME = "bearer ";

  private final Tokens tokens;
  private final Optional<Tickets> tickets;

  /**
   * A gate.
   *
   * @param tickets of this host; empty: it is in no farm
   */
  Gate(Tokens tokens, Optional<Tickets> tickets) {
    this.tokens = tokens.forTransfer();
    this.tickets = tickets;
  }

  /** What became of a caller. */
  sealed interface Answer {}

  /**
   * It may come in.
   *
   * @param ticket to which it has to keep; empty: it may do everything
   */
  record Pass(Optional<Tickets.Ticket> ticket) implements Answer {
    /** Why it may not do that; empty if it may. */
    Optional<String> objection(SectorId sector, Tickets.Use use) {
      return ticket.isEmpty() || ticket.get().isFor(sector, use)
          ? Optional.empty()
          : Optional.of("the ticket is for another sector, or for something else");
    }

    /** Whether it may only speak of sectors that are still to be sealed. */
    boolean movingOnly() {
      return ticket.isPresent();
    }

    /** Who it is, for the log. */
    String caller() {
      return ticket.map(known -> "host " + known.from()).orElse("who has a token");
    }

    /** The same of an offer. Hosts of a farm bring each other what is still to be sealed. */
    Optional<String> objection(Offer offer) {
      return ticket.isEmpty() || offer.moving().isPresent()
          ? objection(offer.sector(), Tickets.Use.BRING)
          : Optional.of("the ticket is for a sector that goes on here, and not for a sealed one");
    }
  }

  /** It may not. */
  record Refused(StatusCode status, String code, String reason) implements Answer {
    static Refused unauthorized(String reason) {
      return new Refused(StatusCodes.UNAUTHORIZED, "unauthorized", reason);
    }

    static Refused forbidden(String reason) {
      return new Refused(StatusCodes.FORBIDDEN, "forbidden", reason);
    }
  }

  /**
   * Looks at a caller.
   *
   * @param authorization its header of that name, if it has sent one
   */
  Answer admit(Optional<String> authorization) {
    String header = authorization.orElse("");
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Refused.unauthorized("send one header \"Authorization: Bearer TOKEN\"");
    }
    String text = header.substring(SCHEME.length());
    Tickets.Look look = tickets.map(known -> known.look(text)).orElseGet(Tickets.NoTicket::new);
    if (look instanceof Tickets.Ticket ticket) {
      return new Pass(Optional.of(ticket));
    } else if (look instanceof Tickets.Refused refused) {
      return Refused.unauthorized(refused.reason());
    }
    Verification verification = tokens.verify(text);
    if (verification instanceof Verification.Rejected rejected) {
      return Refused.unauthorized(rejected.reason());
    }
    return ((Verification.Verified) verification).allows(Permission.WRITE)
        ? new Pass(Optional.empty())
        : Refused.forbidden("the token does not carry write");
  }
}
