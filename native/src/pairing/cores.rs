//! The cores of a host, as far as they are for PreCommit1: each is held by the prover that labels
//! there, by a lock that ends with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use log::warn;
use selkie_labels::affinity;

use crate::guard::files::Lock;

/// A core that is held.
pub struct Core {
    /// Its first processor.
    pub cpu: usize,
    _lock: Lock,
}

/// The cores that this prover may run on.
pub struct Cores {
    directory: PathBuf,
    allowed: Vec<usize>,
    /// The first processor of each: those that share a core share its SHA unit.
    cpus: Vec<usize>,
    pinned: bool,
}

impl Cores {
    /// Of this process.
    ///
    /// `pinned`: its processors are for this phase. Elsewhere a thread that stayed on its core would not
    /// get out of the way of others.
    pub fn new(directory: &Path, pinned: bool) -> Cores {
        let allowed = affinity::allowed().unwrap_or_else(|e| {
            warn!("cannot tell on which processors this runs: {e}");
            Vec::new()
        });
        Cores::of(directory, allowed, pinned)
    }

    fn of(directory: &Path, allowed: Vec<usize>, pinned: bool) -> Cores {
        let mut cores = BTreeMap::new();
        for &cpu in &allowed {
            cores.entry(first_of_core(cpu)).or_insert(cpu);
        }
        Cores {
            directory: directory.to_owned(),
            cpus: cores.into_values().collect(),
            allowed,
            pinned,
        }
    }

    /// Keeps this thread, which labels, on its core.
    pub fn stay_on(&self, core: &Core) {
        if self.pinned {
            self.run_on(&[core.cpu]);
        }
    }

    /// Lets this thread run on all of them again.
    pub fn roam(&self) {
        if self.pinned {
            self.run_on(&self.allowed);
        }
    }

    fn run_on(&self, cpus: &[usize]) {
        if let Err(e) = affinity::run_on(cpus) {
            warn!("cannot keep to processors {cpus:?}: {e}");
        }
    }

    /// Where a thread that writes is out of the way of all who label; none: anywhere.
    pub fn beside(&self, core: Option<&Core>) -> Vec<usize> {
        match core {
            Some(core) if self.pinned => {
                let own = first_of_core(core.cpu);
                let others = self.allowed.iter().copied();
                others.filter(|&cpu| first_of_core(cpu) != own).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A core that nobody holds.
    pub fn claim(&self) -> Result<Option<Core>> {
        for &cpu in &self.cpus {
            if let Some(lock) = Lock::take(&self.directory.join(format!("core-{cpu}")))? {
                return Ok(Some(Core { cpu, _lock: lock }));
            }
        }
        Ok(None)
    }
}

/// The first processor of the core that a processor is part of; itself where the system does not say.
fn first_of_core(cpu: usize) -> usize {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    fs::read_to_string(path)
        .ok()
        .and_then(|list| first_of_list(&list))
        .unwrap_or(cpu)
}

/// Of a list such as `0,32` or `0-1`.
fn first_of_list(list: &str) -> Option<usize> {
    list.split([',', '-']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_held_by_one_until_it_is_let_go() {
        let dir = tempfile::tempdir().unwrap();
        // Numbers beyond those of any processor here.
        let cores = Cores::of(dir.path(), vec![100_000, 100_001], false);
        let first = cores.claim().unwrap().unwrap();
        let second = cores.claim().unwrap().unwrap();
        assert_eq!((first.cpu, second.cpu), (100_000, 100_001));
        assert!(cores.claim().unwrap().is_none());
        drop(first);
        assert_eq!(cores.claim().unwrap().unwrap().cpu, 100_000);
    }

    #[test]
    fn processors_of_one_core_are_one() {
        assert_eq!(first_of_list("3,35\n"), Some(3));
        assert_eq!(first_of_list("4-5\n"), Some(4));
        assert_eq!(first_of_list("\n"), None);
    }
}
