//! Provers of one host that label two sectors on one core, in lock step.
//!
//! Each sector has a job and a prover of its own, as ever. The provers find each other in a directory
//! ([`Pairs::directory`]): whoever labels has a socket there ([`door`]), and holds the lock of a core
//! ([`cores`]). A prover that finds no free core asks the others to be taken along ([`visit`]). One of
//! the two then makes and writes the labels of both; the other one waits, and writes down what it is
//! told to be on disk. When either ends or dies, the other one goes on alone from what it wrote down.

pub mod cores;
pub mod door;
pub mod link;
pub mod visit;

use std::path::PathBuf;
use std::time::Duration;

/// Says when sectors are paired: `auto`, `always`, or any other value for never.
pub const PAIRS: &str = "SELKIE_PAIRS";
/// The directory of the host's provers.
pub const DIRECTORY: &str = "SELKIE_PAIRS_DIRECTORY";
/// Seconds that a sector waits at most for others.
pub const PATIENCE: &str = "SELKIE_PAIRS_PATIENCE";

/// `on` if the processors of this prover are for its phase alone.
pub const PINNED: &str = "SELKIE_PAIRS_PINNED";

/// When sectors are paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// When more sectors are labelled than there are cores for them.
    CoresAreScarce,
    Always,
    Never,
}

/// How sectors are paired on this host.
#[derive(Clone, Debug)]
pub struct Pairs {
    pub when: When,
    pub directory: PathBuf,
    pub patience: Duration,
    /// Who labels stays on its core.
    pub pinned: bool,
}

impl Pairs {
    /// None where provers do not know of each other, as those of single commands.
    pub fn from_environment() -> Option<Pairs> {
        let when = match std::env::var(PAIRS).ok()?.as_str() {
            "auto" => When::CoresAreScarce,
            "always" => When::Always,
            _ => When::Never,
        };
        let patience = std::env::var(PATIENCE).ok()?.parse().ok()?;
        Some(Pairs {
            when,
            directory: std::env::var_os(DIRECTORY)?.into(),
            patience: Duration::from_secs(patience),
            pinned: std::env::var_os(PINNED).is_some_and(|value| value == "on"),
        })
    }
}
