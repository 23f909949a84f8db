/**
 * The management interface: REST and server-sent events below {@code /api/v1}. It knows the node
 * only by {@link io.selkie.api.Operations} and {@link io.selkie.api.ReadModel}.
 */
@NullMarked
package io.selkie.api;

import org.jspecify.annotations.NullMarked;
