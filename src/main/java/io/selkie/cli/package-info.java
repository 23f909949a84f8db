/** The command line: one class per command. Results go to stdout, everything else to stderr. */
@NullMarked
package io.selkie.cli;

import org.jspecify.annotations.NullMarked;
