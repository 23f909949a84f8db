package io.selkie;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.selkie.proofs.NativeProofs;
import java.util.List;

/** The rules of the packages; a package that is not named here has no place yet. */
@AnalyzeClasses(packages = "io.selkie", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** From the top down. Packages of one row do not know each other. */
  private static final List<List<String>> ROWS =
      List.of(
          List.of("cli"),
          List.of("selftest"),
          List.of("node"),
          List.of("api", "lotus", "sealing"),
          List.of("post", "sector"),
          List.of("transfer", "worker"),
          List.of("scheduler"),
          List.of("view"),
          List.of("journal"),
          List.of("chain"),
          List.of("storage"),
          List.of("proofs"),
          List.of("params"),
          List.of("http"),
          List.of("rpc"),
          List.of("auth"),
          List.of("filecoin", "files", "serialization", "failpoints", "stages"));

  @ArchTest static final ArchRule dependenciesPointDown = classes().should(dependOnlyOnRowsBelow());

  @ArchTest
  static final ArchRule thereAreNoCycles =
      slices().matching("io.selkie.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule filecoinIsValuesOnly =
      noClasses()
          .that()
          .resideInAPackage("io.selkie.filecoin..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.nio.file..")
                  .or(resideInAPackage("java.nio.channels.."))
                  .or(resideInAPackage("java.net.."))
                  .or(resideInAPackage("akka.."))
                  .or(
                      describe(
                          "files and streams of java.io",
                          type ->
                              type.getPackageName().equals("java.io")
                                  && type.getSimpleName().startsWith("File"))));

  @ArchTest
  static final ArchRule onlyTheBindingKnowsJna =
      noClasses()
          .that(
              describe(
                  "are not NativeProofs or SelkieNative",
                  type ->
                      !isOrIsIn(type, NativeProofs.class.getName())
                          && !isOrIsIn(type, "io.selkie.proofs.SelkieNative")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule onlyProverJobsAndTrialsStartProcesses =
      noClasses()
          .that(
              describe(
                  "are not ProverJob, ProverProofs, NodeProcess, SmallDisk or Devices",
                  type ->
                      !isOrIsIn(type, "io.selkie.proofs.ProverJob")
                          && !isOrIsIn(type, "io.selkie.selftest.NodeProcess")
                          // mount, for a disk that fills
                          && !isOrIsIn(type, "io.selkie.selftest.SmallDisk")
                          && !isOrIsIn(type, "io.selkie.proofs.ProverProofs")
                          // nvidia-smi, which tells what there is
                          && !isOrIsIn(type, "io.selkie.worker.Devices")))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .orShould()
          .callMethodWhere(target(name("exec")).and(target(owner(assignableTo(Runtime.class)))));

  @ArchTest
  static final ArchRule nothingReadsSerializedObjects =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream");

  private static boolean isOrIsIn(JavaClass type, String name) {
    return type.getName().equals(name) || type.getName().startsWith(name + "$");
  }

  private static ArchCondition<JavaClass> dependOnlyOnRowsBelow() {
    return new ArchCondition<>("depend only on packages of rows below") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (row(type) < 0 && !isTheRoot(type)) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " is in no row"));
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          boolean ours = target.getPackageName().startsWith("io.selkie.");
          boolean fine = subject(target).equals(subject(type)) || row(target) > row(type);
          if (ours && !fine) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isTheRoot(JavaClass type) {
    return type.getPackageName().equals("io.selkie");
  }

  private static int row(JavaClass type) {
    for (int row = 0; row < ROWS.size(); row++) {
      if (ROWS.get(row).contains(subject(type))) {
        return row;
      }
    }
    return -1;
  }

  /** The package below {@code io.selkie}, such as {@code proofs}. */
  private static String subject(JavaClass type) {
    String[] parts = type.getPackageName().split("\\.", -1);
    return parts.length > 2 ? parts[2] : "";
  }
}
