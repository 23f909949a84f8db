package io.selkie.api;

import io.selkie.auth.AuditLog;
import io.selkie.auth.Tokens;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What the interface stands on.
 *
 * @param spool directory for uploads and for data on its way out; it belongs to this node alone
 */
public record ApiServices(
    Operations operations,
    StorageOperations storage,
    ReadModel readModel,
    Tokens tokens,
    AuditLog audit,
    Path spool,
    Clock clock) {}
