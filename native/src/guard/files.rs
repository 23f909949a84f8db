//! Files: named when missing (the library says "No such file" without a path), written so that
//! a crash leaves the old or the new content, digested while streaming.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::failure::{tagged, Kind};

/// The path, or a failure that says which one the request left out.
pub fn given<'a>(path: &'a Option<PathBuf>, what: &str) -> Result<&'a Path> {
    path.as_deref()
        .ok_or_else(|| tagged(Kind::BadRequest, format!("the request names no {what}")))
}

pub fn existing_file<'a>(path: &'a Path, what: &str) -> Result<&'a Path> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => Ok(path),
        Ok(_) => Err(missing(what, path, "is not a regular file")),
        Err(e) => Err(unless_passing(what, path, &e)),
    }
}

pub fn existing_dir<'a>(path: &'a Path, what: &str) -> Result<&'a Path> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(path),
        Ok(_) => Err(missing(what, path, "is not a directory")),
        Err(e) => Err(unless_passing(what, path, &e)),
    }
}

/// Whether the regular file is there. A disk that does not answer is an error and not a no: what
/// is not there is made again, at the cost of hours.
pub fn is_there(path: &Path) -> Result<bool> {
    Ok(length(path)?.is_some())
}

/// The length of the regular file, if it is there; likewise.
pub fn length(path: &Path) -> Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(meta) => Ok(meta.is_file().then_some(meta.len())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot look at {}", path.display())),
    }
}

/// The failure of a file that cannot be looked at: lost only if the disk says that it is not
/// there, which EIO, ESTALE and EACCES do not.
pub fn unless_passing(what: &str, path: &Path, e: &std::io::Error) -> anyhow::Error {
    match e.kind() {
        std::io::ErrorKind::NotFound => missing(what, path, &e.to_string()),
        _ => tagged(
            Kind::Error,
            format!("cannot look at {what} {}: {e}", path.display()),
        ),
    }
}

fn missing(what: &str, path: &Path, why: &str) -> anyhow::Error {
    tagged(Kind::Missing, format!("{what} {}: {why}", path.display()))
}

/// Replaces a file by temporary file, fsync, rename, fsync of the directory.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let temporary = temporary_of(path);
    let write = || -> Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        sync_parent(path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The same without waiting for the disk: after a crash of the host the old content, the new one or
/// an empty file stands there.
pub fn replace_unsynced(path: &Path, content: &[u8]) -> Result<()> {
    let temporary = temporary_of(path);
    fs::write(&temporary, content)
        .and_then(|()| fs::rename(&temporary, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A name beside `path` that no other part of the program gives meaning to.
pub fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    path.with_file_name(name)
}

pub fn sync_file(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("cannot sync {}", path.display()))
}

pub fn sync_parent(path: &Path) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    sync_file(parent)
}

/// Syncs every file of a directory, and the directory.
pub fn sync_all(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        sync_file(&entry?.path())?;
    }
    sync_file(dir)
}

/// Removes a file that may not be there.
pub fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Runs `work`, which may leave a file at `temporary`; removes that when it fails.
pub fn or_remove<T>(temporary: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    work().inspect_err(|_| {
        // The failure itself is what the caller needs to hear.
        let _ = fs::remove_file(temporary);
    })
}

/// Removes the files directly in `dir` whose name `doomed` chooses. The library's own clearing
/// globs, and deletes nothing where the path has a bracket.
pub fn remove_where(dir: &Path, doomed: impl Fn(&str) -> bool) -> Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&doomed) {
            remove_if_there(&entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether a file directly in `dir` has a name that `sought` chooses; none has if it is not there.
pub fn any_where(dir: &Path, sought: impl Fn(&str) -> bool) -> Result<bool> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(e).with_context(|| format!("cannot list {}", dir.display())),
    };
    for entry in entries {
        if entry?.file_name().to_str().is_some_and(&sought) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The digest of a file's content, e.g. `blake3:1f…`, and its length.
pub fn digest(path: &Path) -> Result<(String, u64)> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let n = file
            .read(&mut buffer)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        length += n as u64;
    }
    Ok((format!("blake3:{}", hasher.finalize().to_hex()), length))
}

/// A lock that the kernel releases when this process ends, however it ends.
pub struct Lock(File);

impl Lock {
    /// Takes the lock, or says at once that somebody has it.
    pub fn take(path: &Path) -> Result<Option<Lock>> {
        Lock::flock(path, libc::LOCK_EX | libc::LOCK_NB)
    }

    /// Waits until the lock is free.
    pub fn wait(path: &Path) -> Result<Lock> {
        Lock::flock(path, libc::LOCK_EX).map(|lock| lock.expect("a blocking flock has no refusal"))
    }

    /// Takes the lock of a directory, which needs no file of its own.
    pub fn take_dir(path: &Path) -> Result<Option<Lock>> {
        let dir = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        Lock::of(dir, path, libc::LOCK_EX | libc::LOCK_NB)
    }

    fn flock(path: &Path, how: i32) -> Result<Option<Lock>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .with_context(|| format!("cannot open the lock {}", path.display()))?;
        Lock::of(file, path, how)
    }

    fn of(file: File, path: &Path, how: i32) -> Result<Option<Lock>> {
        loop {
            // SAFETY: flock on a descriptor that `file` keeps open.
            if unsafe { libc::flock(file.as_raw_fd(), how) } == 0 {
                return Ok(Some(Lock(file)));
            }
            let error = std::io::Error::last_os_error();
            match error.raw_os_error() {
                Some(libc::EINTR) => continue,
                Some(libc::EWOULDBLOCK) => return Ok(None),
                _ => return Err(error).with_context(|| format!("cannot lock {}", path.display())),
            }
        }
    }
}

impl Drop for Lock {
    /// Closing would do, were there no child process that has not got to its program yet: it holds
    /// what its parent had open, and with it the lock.
    fn drop(&mut self) {
        // SAFETY: flock on a descriptor that `self` keeps open. Unlocking does not fail.
        unsafe { libc::flock(self.0.as_raw_fd(), libc::LOCK_UN) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = Lock::take(&path).unwrap();
        assert!(held.is_some());
        assert!(Lock::take(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::take(&path).unwrap().is_some());
    }

    /// As a child process has it between fork and exec.
    #[test]
    fn a_lock_is_given_back_whoever_has_its_descriptor_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = Lock::take(&path).unwrap().unwrap();
        let _inherited = held.0.try_clone().unwrap();
        drop(held);
        assert!(Lock::take(&path).unwrap().is_some());
    }

    fn kind_of(result: Result<&Path>) -> Kind {
        crate::failure::Failure::of(&result.unwrap_err()).kind
    }

    /// A component of the path is a file, a link leads to itself: whatever is wrong there, the disk
    /// does not say that the file is not there.
    #[test]
    fn what_cannot_be_looked_at_is_not_missing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"x").unwrap();
        let circle = dir.path().join("circle");
        std::os::unix::fs::symlink(&circle, &circle).unwrap();
        for path in [file.join("below"), circle] {
            assert_eq!(kind_of(existing_file(&path, "sealed file")), Kind::Error);
            assert_eq!(kind_of(existing_dir(&path, "cache directory")), Kind::Error);
            assert!(is_there(&path).is_err());
        }
        let gone = dir.path().join("gone");
        assert_eq!(kind_of(existing_file(&gone, "sealed file")), Kind::Missing);
        assert_eq!(kind_of(existing_dir(&file, "cache")), Kind::Missing);
        assert!(!is_there(&gone).unwrap());
        assert!(!is_there(dir.path()).unwrap());
        assert_eq!(length(&file).unwrap(), Some(1));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = existing_file(Path::new("/no/such/replica"), "sealed file").unwrap_err();
        assert!(error.to_string().contains("sealed file /no/such/replica"));
    }
}
