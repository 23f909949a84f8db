//! The replica's data. PreCommit2 encodes the sealed file in place and, run again over a half
//! encoded file, gives another commR without an error. So the data is put back first, from the
//! nearest source: the unsealed file, zeros, or a copy taken before PreCommit2.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::Path;

use anyhow::{Context, Result};
use log::info;

use crate::failure::{tagged, Kind};
use crate::guard::files;

/// `ioctl` of Linux that shares blocks between two files (`linux/fs.h`, FICLONE).
const FICLONE: libc::c_ulong = 0x4004_9409;

/// Where the data of a sector can come from, should PreCommit2 be interrupted.
pub struct Sources<'a> {
    pub unsealed: Option<&'a Path>,
    /// The sector holds zeros only.
    pub zeros: bool,
    pub copy: &'a Path,
}

impl Sources<'_> {
    /// Fails if the disk of a source does not answer: it would count as not there, and the data as
    /// lost.
    pub fn require_readable(&self) -> Result<()> {
        for path in self.unsealed.into_iter().chain([self.copy]) {
            files::is_there(path)?;
        }
        Ok(())
    }

    fn unsealed_file(&self) -> Option<&Path> {
        self.unsealed.filter(|path| path.is_file())
    }

    /// True when a copy of the sealed file has to be taken before it is rewritten.
    pub fn needs_copy(&self) -> bool {
        self.unsealed_file().is_none() && !self.zeros
    }

    /// Takes that copy, by shared blocks where the file system can.
    pub fn take_copy(&self, sealed: &Path) -> Result<()> {
        let temporary = files::temporary_of(self.copy);
        clone_or_copy(sealed, &temporary)?;
        files::sync_file(&temporary)?;
        fs::rename(&temporary, self.copy)?;
        files::sync_parent(self.copy)
    }

    /// Puts the data with this digest back into the sealed file, from the first source that has it.
    /// A source is read to its end before the sealed file is touched: what stands there may be an
    /// intact replica, and then the last good copy of the data.
    pub fn restore(&self, sealed: &Path, sector_bytes: u64, data: &str) -> Result<()> {
        type Digest<'s> = Box<dyn Fn() -> Result<String> + 's>;
        type Writer<'s> = Box<dyn Fn() -> Result<()> + 's>;
        let mut sources: Vec<(&str, Digest<'_>, Writer<'_>)> = Vec::new();
        if let Some(unsealed) = self.unsealed_file() {
            let digest = move || padded_digest(unsealed, sector_bytes);
            let copy = move || copy_padded(unsealed, sealed, sector_bytes);
            sources.push(("the unsealed file", Box::new(digest), Box::new(copy)));
        }
        if self.zeros {
            let digest = move || digest_of(io::repeat(0).take(sector_bytes));
            let write = move || Ok(File::create(sealed)?.set_len(sector_bytes)?);
            sources.push(("zeros", Box::new(digest), Box::new(write)));
        }
        if self.copy.is_file() {
            let digest = move || Ok(files::digest(self.copy)?.0);
            let copy = move || clone_or_copy(self.copy, sealed);
            sources.push(("the copy taken before", Box::new(digest), Box::new(copy)));
        }
        let mut unread = None;
        for (name, digest, write) in sources {
            match digest() {
                Ok(found) if found == data => {}
                Ok(_) => {
                    info!(
                        "{name} of {} is not the data that was there",
                        sealed.display()
                    );
                    continue;
                }
                Err(e) => {
                    info!("{name} of {} cannot be read: {e:#}", sealed.display());
                    unread = Some(e);
                    continue;
                }
            }
            write()?;
            if files::digest(sealed)?.0 == data {
                info!("the data of {} is put back from {name}", sealed.display());
                return files::sync_file(sealed);
            }
            info!("{name} of {} has just changed", sealed.display());
        }
        // A disk that does not answer now may have the data: labelling would need it as well.
        Err(unread.unwrap_or_else(|| {
            tagged(
                Kind::RedoPreCommit1,
                format!(
                    "the data of {} has to be put back and is not here: do PreCommit1 again",
                    sealed.display()
                ),
            )
        }))
    }
}

/// Digest of what [`copy_padded`] would write.
pub fn padded_digest(unsealed: &Path, sector_bytes: u64) -> Result<String> {
    let from = File::open(unsealed)
        .with_context(|| format!("cannot open {}", unsealed.display()))?
        .chain(io::repeat(0))
        .take(sector_bytes);
    digest_of(from).with_context(|| format!("cannot read {}", unsealed.display()))
}

fn digest_of(from: impl Read) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(from)?;
    Ok(format!("blake3:{}", hasher.finalize().to_hex()))
}

/// The first sector of the unsealed file, then zeros.
fn copy_padded(unsealed: &Path, sealed: &Path, sector_bytes: u64) -> Result<()> {
    let mut from = File::open(unsealed)?.take(sector_bytes);
    let mut to = File::create(sealed)?;
    io::copy(&mut from, &mut to).with_context(|| format!("cannot copy {}", unsealed.display()))?;
    Ok(to.set_len(sector_bytes)?)
}

fn clone_or_copy(from: &Path, to: &Path) -> Result<()> {
    let source = File::open(from).with_context(|| format!("cannot open {}", from.display()))?;
    let target = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(to)
        .with_context(|| format!("cannot write {}", to.display()))?;
    // SAFETY: both descriptors are open for the duration of the call.
    if unsafe { libc::ioctl(target.as_raw_fd(), FICLONE, source.as_raw_fd()) } == 0 {
        return Ok(());
    }
    drop((source, target));
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(bytes: &[u8]) -> String {
        super::digest_of(bytes).unwrap()
    }

    #[test]
    fn only_the_first_sector_of_a_longer_unsealed_file_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let (unsealed, sealed) = (dir.path().join("unsealed"), dir.path().join("sealed"));
        fs::write(&unsealed, [vec![7; 100], vec![8; 50]].concat()).unwrap();
        let copy = dir.path().join("copy");
        let sources = Sources {
            unsealed: Some(&unsealed),
            zeros: false,
            copy: &copy,
        };
        sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap();
        assert_eq!(fs::read(&sealed).unwrap(), vec![7; 100]);
    }

    #[test]
    fn a_source_that_changed_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let (unsealed, sealed) = (dir.path().join("unsealed"), dir.path().join("sealed"));
        let copy = dir.path().join("copy");
        fs::write(&unsealed, vec![7; 99]).unwrap();
        fs::write(&copy, vec![7; 100]).unwrap();
        let sources = Sources {
            unsealed: Some(&unsealed),
            zeros: false,
            copy: &copy,
        };
        sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap();
        fs::remove_file(&copy).unwrap();
        let error = sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap_err();
        assert_eq!(
            crate::failure::Failure::of(&error).kind,
            Kind::RedoPreCommit1
        );
    }

    #[test]
    fn a_replica_stays_where_no_source_has_its_data() {
        let dir = tempfile::tempdir().unwrap();
        let (unsealed, sealed) = (dir.path().join("unsealed"), dir.path().join("sealed"));
        let copy = dir.path().join("copy");
        fs::write(&sealed, vec![1; 100]).unwrap();
        fs::write(&unsealed, vec![8; 100]).unwrap();
        fs::write(&copy, vec![9; 100]).unwrap();
        let sources = Sources {
            unsealed: Some(&unsealed),
            zeros: true,
            copy: &copy,
        };
        let error = sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap_err();
        assert_eq!(
            crate::failure::Failure::of(&error).kind,
            Kind::RedoPreCommit1
        );
        assert_eq!(fs::read(&sealed).unwrap(), vec![1; 100]);
    }

    #[test]
    fn a_source_that_cannot_be_read_is_passed_over_and_told_of() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = dir.path().join("sealed");
        let copy = dir.path().join("copy");
        fs::write(&sealed, vec![1; 100]).unwrap();
        // Of the files that answer EIO, the one that needs no broken disk.
        let unsealed = Path::new("/proc/self/mem");
        let sources = Sources {
            unsealed: Some(unsealed),
            zeros: false,
            copy: &copy,
        };
        let error = sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap_err();
        assert_ne!(
            crate::failure::Failure::of(&error).kind,
            Kind::RedoPreCommit1
        );
        assert_eq!(fs::read(&sealed).unwrap(), vec![1; 100]);
        fs::write(&copy, vec![7; 100]).unwrap();
        sources
            .restore(&sealed, 100, &digest_of(&[7; 100]))
            .unwrap();
        assert_eq!(fs::read(&sealed).unwrap(), vec![7; 100]);
    }

    #[test]
    fn without_any_source_the_answer_is_to_redo() {
        let dir = tempfile::tempdir().unwrap();
        let copy = dir.path().join("copy");
        let sources = Sources {
            unsealed: None,
            zeros: false,
            copy: &copy,
        };
        assert!(sources.needs_copy());
        let error = sources
            .restore(&dir.path().join("sealed"), 100, "x")
            .unwrap_err();
        assert_eq!(
            crate::failure::Failure::of(&error).kind,
            Kind::RedoPreCommit1
        );
    }
}
