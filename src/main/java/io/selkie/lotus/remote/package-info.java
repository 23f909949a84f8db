/**
 * Lotus's data plane: the files of sectors over HTTP, below {@code /remote}. {@link
 * io.selkie.lotus.remote.RemoteRoutes} serves those of this host, {@link
 * io.selkie.lotus.remote.RemoteClient} fetches those of miners and other workers. A directory goes
 * as a tar archive, a file as it is; there are no checksums.
 */
@NullMarked
package io.selkie.lotus.remote;

import org.jspecify.annotations.NullMarked;
