package io.selkie.scheduler;

import java.net.URI;

/**
 * Where other hosts fetch small files of a host's sectors, such as the output of Commit1, and where
 * they bring sectors that go on there. Bytes go over the transfer address, never in a message; nor
 * does what opens it, which whoever calls there makes by itself.
 *
 * @param host that has them
 * @param url of its transfer address
 */
public record FileSource(HostId host, URI url) {}
