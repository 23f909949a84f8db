/** What completion stages say when they fail. */
@NullMarked
package io.selkie.stages;

import org.jspecify.annotations.NullMarked;
