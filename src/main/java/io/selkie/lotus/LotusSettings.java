package io.selkie.lotus;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a node looks for its miner.
 *
 * @param storageRepo the miner's repo; empty: where Lotus's own worker would look
 * @param address where the miner reaches this host; empty: the address of the route to it
 * @param remote where others reach this host, if it listens elsewhere
 * @param announceUrl where it reaches whichever host has the link; empty: at that host's address
 * @param alone whether each host is a worker of its own to the miner, and not the farm
 */
public record LotusSettings(
    Optional<Path> storageRepo,
    Optional<HostPort> address,
    Optional<HostPort> remote,
    Optional<URI> announceUrl,
    boolean alone) {}
