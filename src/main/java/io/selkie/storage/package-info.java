/** Where sectors lie on disk, what is known of their files, and how pieces fill a sector. */
@NullMarked
package io.selkie.storage;

import org.jspecify.annotations.NullMarked;
