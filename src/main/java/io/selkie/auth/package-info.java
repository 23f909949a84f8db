/** Who may do what: tokens, the secret that signs them, and the log of what was done with them. */
@NullMarked
package io.selkie.auth;

import org.jspecify.annotations.NullMarked;
