//! Space is admitted before anything is written: the library writes through memory maps, where a
//! full disk is SIGBUS and kills the process.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::failure::{tagged, Kind};

/// Each file may round up to a block, and directories and small files take some.
const SLACK: u64 = 256 << 10;

/// Bytes wanted, by file system.
#[derive(Default)]
pub struct Space {
    wanted: BTreeMap<u64, (PathBuf, u64)>,
}

impl Space {
    pub fn new() -> Space {
        Space::default()
    }

    /// Adds `bytes` on the file system of `path`, or of its nearest existing parent.
    pub fn need(mut self, path: &Path, bytes: u64) -> Result<Space> {
        let place = path
            .ancestors()
            .find(|p| p.exists())
            .unwrap_or(Path::new("/"));
        let device = fs::metadata(place)
            .with_context(|| format!("cannot look at {}", place.display()))?
            .dev();
        let entry = self
            .wanted
            .entry(device)
            .or_insert((place.to_owned(), SLACK));
        entry.1 = entry.1.saturating_add(bytes);
        Ok(self)
    }

    /// Fails unless each file system has that much free for us.
    pub fn admit(self, what: &str) -> Result<()> {
        for (place, wanted) in self.wanted.values() {
            let free = free_bytes(place)?;
            if free < *wanted {
                return Err(tagged(
                    Kind::NoSpace,
                    format!(
                        "{what} writes up to {wanted} bytes below {}, where {free} are free",
                        place.display()
                    ),
                ));
            }
        }
        Ok(())
    }
}

fn free_bytes(path: &Path) -> Result<u64> {
    let name = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: statvfs fills the zeroed struct for a NUL-terminated path.
    let stat = unsafe {
        let mut stat: libc::statvfs = std::mem::zeroed();
        if libc::statvfs(name.as_ptr(), &mut stat) != 0 {
            return Err(std::io::Error::last_os_error())
                .with_context(|| format!("cannot ask for free space of {}", path.display()));
        }
        stat
    };
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// True where a copy may share its blocks with the original, so that a rewrite needs new ones.
fn may_share_blocks(path: &Path) -> bool {
    // linux/magic.h
    const SHARING: [libc::__fsword_t; 2] = [0x5846_5342, 0x9123_683e]; // XFS, Btrfs
    let Ok(name) = CString::new(path.as_os_str().as_bytes()) else {
        return true;
    };
    // SAFETY: statfs fills the zeroed struct for a NUL-terminated path.
    unsafe {
        let mut stat: libc::statfs = std::mem::zeroed();
        libc::statfs(name.as_ptr(), &mut stat) != 0 || SHARING.contains(&stat.f_type)
    }
}

/// Bytes that rewriting `path` to `length` in place may still need.
pub fn rewrite(path: &Path, length: u64) -> u64 {
    if may_share_blocks(path) {
        length
    } else {
        length.saturating_sub(present(path))
    }
}

/// Bytes that the files of a directory have on disk whose name `chosen` chooses.
pub fn present_in(dir: &Path, chosen: impl Fn(&str) -> bool) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else {
        return 0;
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(&chosen))
        .map(|entry| present(&entry.path()))
        .sum()
}

/// Bytes a file already has on disk, which a rewrite does not need again.
pub fn present(path: &Path) -> u64 {
    fs::metadata(path).map(|m| m.blocks() * 512).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_is_free_is_refused_before_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let fine = Space::new().need(dir.path(), 1).unwrap().admit("a test");
        assert!(fine.is_ok());
        let much = Space::new()
            .need(&dir.path().join("not/yet/there"), u64::MAX / 2)
            .unwrap()
            .admit("PreCommit1");
        assert!(much
            .unwrap_err()
            .to_string()
            .starts_with("PreCommit1 writes up to"));
    }
}
