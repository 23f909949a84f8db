/** How an interface of this host is opened, in the clear or with TLS. */
@NullMarked
package io.selkie.http;

import org.jspecify.annotations.NullMarked;
