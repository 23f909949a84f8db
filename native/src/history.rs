//! The history of a node's jobs: a line when a prover begins one, and one when its result is there.
//! It outlives the job directories, so that what ran can be counted afterwards.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Adds a line. It is one write at the end of the file, so lines of several provers stay whole.
pub fn note(history: &Path, job: &str, what: &str) -> io::Result<()> {
    let line = format!(
        "{} {} {job} {what}\n",
        rfc3339(since_1970()),
        std::process::id()
    );
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(history)?
        .write_all(line.as_bytes())
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
    fn times_are_in_utc() {
        let leap_day = Duration::from_millis(1_709_210_096_789);
        assert_eq!(rfc3339(leap_day), "2024-02-29T12:34:56.789Z");
        assert_eq!(rfc3339(Duration::ZERO), "1970-01-01T00:00:00.000Z");
    }
}
