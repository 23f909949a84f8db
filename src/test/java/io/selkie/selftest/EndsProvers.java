package io.selkie.selftest;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Ends the provers that outlived the nodes of a test, before the temporary directories go in which
 * they still write.
 */
public final class EndsProvers implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (Object directory :
        AnnotationSupport.findAnnotatedFieldValues(
            context.getRequiredTestInstance(), TempDir.class)) {
      Provers.killBelow((Path) directory);
    }
  }
}
