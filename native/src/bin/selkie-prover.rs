//! `selkie-prover JOB-DIRECTORY` runs one job (see `selkie_native::prover`).

use std::path::Path;
use std::process::exit;

use selkie_native::ops::about;
use selkie_native::prover;
use selkie_native::stand_in::{self, StandIn};

const USAGE: &str = "usage: selkie-prover [--stand-in] [--idle] JOB-DIRECTORY | --version | --help
Runs the job described in JOB-DIRECTORY/job.json; the node starts it.
  --idle      wait for a line from standard input, by which time the directory has its job and
              its name: a JSON object of environment variables for the job; end when standard
              input ends
  --stand-in  seal without proofs, for tests; only with SELKIE_TEST_STAND_IN_PROOFS=on.
              SELKIE_TEST_FAILPOINTS=Phase.place@sector,… (places before-work, after-work,
              after-result) holds it there while the file of that name is in the directory
              SELKIE_TEST_FAILPOINT_DIR; the prover makes the file, unless it is there already.
exit status: 0 result.json is written, 2 no usable job, 3 another prover has it or it is done,
             4 called off";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag] if flag == "--version" => {
            println!(
                "selkie-prover {} (variant {}, job version {})",
                env!("CARGO_PKG_VERSION"),
                about::variant(),
                prover::JOB_VERSION
            );
        }
        [flag] if flag == "--help" => println!("{USAGE}"),
        [flags @ .., directory] if !directory.starts_with('-') && known(flags) => {
            let run = if flags.iter().any(|flag| flag == "--idle") {
                prover::run_idle
            } else {
                prover::run
            };
            let directory = Path::new(directory);
            exit(if flags.iter().any(|flag| flag == "--stand-in") {
                stand_in(run, directory)
            } else {
                run(directory, None)
            });
        }
        _ => {
            eprintln!("{USAGE}");
            exit(prover::exit::NO_JOB);
        }
    }
}

fn known(flags: &[String]) -> bool {
    flags
        .iter()
        .all(|flag| flag == "--stand-in" || flag == "--idle")
}

fn stand_in(run: fn(&Path, Option<&StandIn>) -> i32, directory: &Path) -> i32 {
    if !stand_in::allowed() {
        eprintln!(
            "selkie-prover: --stand-in makes no proofs, and {} is not on",
            stand_in::ALLOWED
        );
        return prover::exit::NO_JOB;
    }
    match StandIn::from_environment() {
        Ok(stand_in) => run(directory, Some(&stand_in)),
        Err(e) => {
            eprintln!("selkie-prover: {e:#}");
            prover::exit::NO_JOB
        }
    }
}
