/** Files that survive a crash whole, and directories that are deleted without following links. */
@NullMarked
package io.selkie.files;

import org.jspecify.annotations.NullMarked;
