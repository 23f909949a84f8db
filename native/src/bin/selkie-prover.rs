//! `selkie-prover JOB-DIRECTORY` runs one job (see `selkie_native::prover`).

use std::path::Path;
use std::process::exit;

use selkie_native::ops::about;
use selkie_native::prover;

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
        [directory] if !directory.starts_with('-') => exit(prover::run(Path::new(directory))),
        _ => {
            eprintln!("usage: selkie-prover JOB-DIRECTORY | --version");
            eprintln!("Runs the job described in JOB-DIRECTORY/job.json; the node starts it.");
            exit(prover::exit::NO_JOB);
        }
    }
}
