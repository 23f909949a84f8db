//! Fail points: places at which a stand-in prover holds, for a test to kill it or its node there.
//!
//! A point is named `Phase.place@sector`, as in `PreCommit1.before-work@s-t01000-7`. The prover that
//! comes by makes a file of that name, and holds as long as the file is there. Where the file is
//! there already another prover held, and this one goes on: what a kill interrupted can be done
//! again.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use log::info;
use serde_json::Value;

use super::phase;

/// The armed points, separated by commas.
pub const POINTS: &str = "SELKIE_TEST_FAILPOINTS";
/// The existing directory of their files.
pub const DIRECTORY: &str = "SELKIE_TEST_FAILPOINT_DIR";

/// Places in a job.
#[derive(Clone, Copy)]
pub enum Place {
    /// The job has begun, and has done nothing yet.
    BeforeWork,
    /// The work is done, and the result is not written.
    AfterWork,
    /// The result is there, and the process is not gone.
    AfterResult,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::BeforeWork => "before-work",
            Place::AfterWork => "after-work",
            Place::AfterResult => "after-result",
        }
    }
}

/// The armed points of a process.
pub struct Points {
    armed: BTreeSet<String>,
    directory: PathBuf,
}

impl Points {
    pub fn from_environment() -> Result<Points> {
        let armed: BTreeSet<String> = std::env::var(POINTS)
            .unwrap_or_default()
            .split(',')
            .map(|point| point.trim().to_owned())
            .filter(|point| !point.is_empty())
            .collect();
        let directory = match std::env::var_os(DIRECTORY) {
            Some(directory) => PathBuf::from(directory),
            None if armed.is_empty() => PathBuf::new(),
            None => anyhow::bail!("{POINTS} is set and {DIRECTORY} is not"),
        };
        Ok(Points { armed, directory })
    }

    /// Holds if a point is armed for this place and a sector of the request.
    pub fn hit(&self, place: Place, request: &Value) -> Result<()> {
        for name in names(place, request) {
            if self.armed.contains(&name) {
                hold(&self.directory.join(&name))?;
            }
        }
        Ok(())
    }
}

fn names(place: Place, request: &Value) -> Vec<String> {
    let Some(phase) = phase(request) else {
        return Vec::new();
    };
    request["call"]["sectors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|part| part["sector"].as_str())
        .map(|sector| format!("{phase}.{}@{sector}", place.name()))
        .collect()
}

fn hold(mark: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(mark) {
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            info!("{} was held before", mark.display());
            return Ok(());
        }
        Err(e) => return Err(e).with_context(|| format!("cannot make {}", mark.display())),
    }
    info!("holding while {} is there", mark.display());
    while mark.exists() {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn points(armed: &[&str], directory: &Path) -> Points {
        Points {
            armed: armed.iter().map(|point| (*point).to_owned()).collect(),
            directory: directory.to_owned(),
        }
    }

    fn request(op: &str) -> Value {
        json!({"abi": 1, "call": {"op": op, "sectors": [
            {"sector": "s-t01000-6"}, {"sector": "s-t01000-7"}]}})
    }

    #[test]
    fn a_point_holds_until_its_file_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("PreCommit1.before-work@s-t01000-7");
        let armed = points(&["PreCommit1.before-work@s-t01000-7"], dir.path());
        let held = thread::spawn(move || armed.hit(Place::BeforeWork, &request("preCommit1")));
        while !mark.exists() {
            thread::yield_now();
        }
        assert!(!held.is_finished());
        std::fs::remove_file(&mark).unwrap();
        held.join().unwrap().unwrap();
    }

    #[test]
    fn a_point_that_held_before_lets_the_next_one_by() {
        let dir = tempfile::tempdir().unwrap();
        let name = "Finalize.after-work@s-t01000-6";
        std::fs::write(dir.path().join(name), "").unwrap();
        let armed = points(&[name], dir.path());
        armed.hit(Place::AfterWork, &request("clearCache")).unwrap();
    }

    #[test]
    fn only_its_own_place_holds() {
        let dir = tempfile::tempdir().unwrap();
        let armed = points(&["Commit2.after-result@s-t01000-7"], dir.path());
        armed.hit(Place::AfterWork, &request("commit2")).unwrap();
        armed.hit(Place::AfterResult, &request("commit1")).unwrap();
        armed
            .hit(Place::AfterResult, &json!({"call": {"op": "about"}}))
            .unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
