//! The history of a node's jobs: a line when a prover begins one, and one when its result is there.
//! It outlives the job directories, so that what ran can be counted afterwards. A file that grew to
//! [`LIMIT`] becomes the one before, of which there is one: `provers.log.1`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes after which a new file is begun: some 80,000 lines.
pub const LIMIT: u64 = 8 << 20;

/// Adds a line. It is one write at the end of the file, so lines of several provers stay whole.
pub fn note(history: &Path, job: &str, what: &str) -> io::Result<()> {
    note_within(history, job, what, LIMIT)
}

fn note_within(history: &Path, job: &str, what: &str, limit: u64) -> io::Result<()> {
    let line = format!(
        "{} {} {job} {what}\n",
        rfc3339(since_1970()),
        std::process::id()
    );
    let mut file = OpenOptions::new().append(true).create(true).open(history)?;
    file.write_all(line.as_bytes())?;
    if file.metadata()?.len() >= limit {
        put_aside(history, &file)?;
    }
    Ok(())
}

/// Two provers may come here at once: the second finds another file under the name.
fn put_aside(history: &Path, full: &File) -> io::Result<()> {
    // SAFETY: a system call on a file that is open; closing it ends the lock.
    if unsafe { libc::flock(full.as_raw_fd(), libc::LOCK_EX) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let named = fs::metadata(history)?;
    let ours = full.metadata()?;
    if (named.dev(), named.ino()) == (ours.dev(), ours.ino()) {
        let mut before = history.as_os_str().to_owned();
        before.push(".1");
        fs::rename(history, PathBuf::from(before))?;
    }
    Ok(())
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn rfc3339(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs() as libc::time_t;
    // SAFETY: gmtime_r fills the structure, which is plain numbers.
    let time = unsafe {
        let mut time = std::mem::zeroed();
        libc::gmtime_r(&seconds, &mut time);
        time
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.tm_year + 1900,
        time.tm_mon + 1,
        time.tm_mday,
        time.tm_hour,
        time.tm_min,
        time.tm_sec,
        since_1970.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("provers.log");
        note(&path, "s-t01000-1.PreCommit1.a1", "started").unwrap();
        note(&path, "s-t01000-1.PreCommit1.a1", "completed").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let ends: Vec<_> = text
            .lines()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect();
        let pid = std::process::id();
        assert_eq!(
            ends,
            [
                format!("{pid} s-t01000-1.PreCommit1.a1 started"),
                format!("{pid} s-t01000-1.PreCommit1.a1 completed")
            ]
        );
    }

    #[test]
    fn a_full_file_is_put_aside_and_no_line_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("provers.log");
        for job in 0..7 {
            note_within(&path, &format!("job-{job}"), "started", 150).unwrap();
        }
        let lines = |name: &str| {
            let text = std::fs::read_to_string(dir.path().join(name)).unwrap_or_default();
            text.lines()
                .map(|line| line.split(' ').nth(2).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let before = lines("provers.log.1");
        let now = lines("provers.log");
        assert_eq!(
            [before.clone(), now.clone()].concat(),
            ["job-0", "job-1", "job-2", "job-3", "job-4", "job-5", "job-6"]
                [7 - before.len() - now.len()..]
        );
        assert!(before.len() + now.len() >= 4, "{before:?} {now:?}");
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1 + usize::from(!now.is_empty())
        );
    }

    #[test]
    fn a_file_that_another_put_aside_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("provers.log");
        note(&path, "first", "started").unwrap();
        let full = File::open(&path).unwrap();
        put_aside(&path, &full).unwrap();
        note(&path, "second", "started").unwrap();
        put_aside(&path, &full).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains("second"));
    }

    #[test]
    fn times_are_in_utc() {
        let leap_day = Duration::from_millis(1_709_210_096_789);
        assert_eq!(rfc3339(leap_day), "2024-02-29T12:34:56.789Z");
        assert_eq!(rfc3339(Duration::ZERO), "1970-01-01T00:00:00.000Z");
    }
}
