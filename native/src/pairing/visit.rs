//! How a prover is taken along by another one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use log::{info, warn};
use selkie_labels::run::{Place, Watch};

use super::link::{Answer, Heard, Knock, Link, Told};
use crate::progress;

/// What the name of a prover's socket ends with.
pub const SOCKET: &str = ".sock";

/// What an answer may take. Who labels answers from a thread of its own.
const PROMPT: Duration = Duration::from_secs(5);
/// Who takes others along says something far more often, unless it was stopped; before the first
/// label it reads a layer of 64 GiB, perhaps from a slow disk.
const SILENCE: Duration = Duration::from_secs(900);

/// A place with a prover that labels, until its next layer begins.
pub struct Visit {
    sector: String,
    link: Link,
    until: Instant,
}

/// How it ended.
pub struct End {
    /// Until the first layer began, if one did.
    pub waited: Duration,
    pub begun: bool,
    /// Why the sector cannot be labelled; else it goes on by itself, from what was written down.
    pub failed: Option<io::Error>,
}

/// How long a sector waits before it looks whether it has better to do.
const GLANCE: Duration = Duration::from_secs(5);

/// Asks all who label here, and waits with the one whose next layer begins first.
pub fn knock(directory: &Path, knock: &Knock) -> Option<Visit> {
    let until = Instant::now() + Duration::from_secs(knock.patience_seconds);
    let mut best: Option<(u64, Visit)> = None;
    for path in sockets(directory, &knock.sector) {
        match ask(&path, knock) {
            Ok(Some((sector, seconds, link))) => {
                let visit = Visit {
                    sector,
                    link,
                    until,
                };
                if best.as_ref().is_none_or(|(least, _)| seconds < *least) {
                    best = Some((seconds, visit));
                }
            }
            Ok(None) => (),
            // A prover that was killed leaves its socket.
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
                let _ = fs::remove_file(&path);
            }
            Err(e) => info!("{} does not answer: {e}", path.display()),
        }
    }
    best.map(|(_, visit)| visit)
}

fn sockets(directory: &Path, own: &str) -> Vec<PathBuf> {
    let own = format!("{own}.");
    let is_other = |name: &str| name.ends_with(SOCKET) && !name.starts_with(&own);
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_other))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

fn ask(path: &Path, knock: &Knock) -> io::Result<Option<(String, u64, Link)>> {
    let link = Link::connect(path, PROMPT)?;
    link.patient_for(PROMPT)?;
    link.send(knock)?;
    match link.receive()? {
        Some(Answer::Welcome { sector, seconds }) => {
            // Where it is not known, the layer has only begun.
            Ok(Some((sector, seconds.unwrap_or(u64::MAX), link)))
        }
        Some(Answer::Refused { reason }) => {
            info!("not along with {}: {reason}", path.display());
            Ok(None)
        }
        None => Ok(None),
    }
}

impl Visit {
    /// Waits, and writes down what is on disk, until the sector goes on by itself.
    ///
    /// `has_better`: asked while it waits, whether it had better go on by itself.
    pub fn follow(self, watch: &dyn Watch, has_better: impl Fn() -> bool) -> End {
        progress::note(&format!("waits for the next layer of {}", self.sector));
        let since = Instant::now();
        let begun = self.wait(has_better).unwrap_or_else(|e| {
            warn!("{} does not begin: {e}", self.sector);
            false
        });
        let waited = since.elapsed();
        let failed = if begun {
            self.listen(watch).unwrap_or_else(|e| {
                warn!("{} is not heard any more: {e}", self.sector);
                None
            })
        } else {
            None
        };
        progress::note("");
        End {
            waited,
            begun,
            failed,
        }
    }

    /// Whether a layer begins.
    fn wait(&self, has_better: impl Fn() -> bool) -> io::Result<bool> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                info!("{} has not begun a layer in time", self.sector);
                return Ok(false);
            }
            // The kernel takes no time for as long as it likes.
            let glance = left.clamp(Duration::from_millis(1), GLANCE);
            self.link.patient_for(glance)?;
            match self.link.receive() {
                Ok(Some(Told::Begin)) => break,
                Ok(_) => return Ok(false),
                Err(e) if e.kind() != io::ErrorKind::WouldBlock => return Err(e),
                Err(_) => {
                    if has_better() {
                        info!("a core is free: not with {}", self.sector);
                        return Ok(false);
                    }
                }
            }
        }
        info!("in lock step with {}, on its core", self.sector);
        progress::note(&format!("in lock step with {}", self.sector));
        self.link.patient_for(SILENCE)?;
        self.heard(Ok(()))?;
        Ok(true)
    }

    /// Until the other one ends; gives what failed.
    fn listen(&self, watch: &dyn Watch) -> io::Result<Option<io::Error>> {
        while let Some(told) = self.link.receive()? {
            let failed = match told {
                Told::Begin => None,
                Told::Progress { layer, nodes } => {
                    watch.progress(Place { layer, nodes });
                    None
                }
                Told::Checkpoint {
                    layer,
                    nodes,
                    digest,
                } => self.heard(watch.checkpoint(Place { layer, nodes }, digest.0.into()))?,
                Told::Completed { layer, digest } => {
                    self.heard(watch.completed(layer, digest.0.into()))?
                }
                Told::Over { message, os_error } => {
                    let error = os_error.map(io::Error::from_raw_os_error);
                    Some(error.unwrap_or_else(|| io::Error::other(message)))
                }
            };
            if failed.is_some() {
                return Ok(failed);
            }
        }
        Ok(None)
    }

    /// Says whether it is written down; gives why not.
    fn heard(&self, done: io::Result<()>) -> io::Result<Option<io::Error>> {
        let error = done.as_ref().err().map(io::Error::to_string);
        let sent = self.link.send(&Heard { error });
        match done {
            Ok(()) => sent.map(|()| None),
            Err(e) => Ok(Some(e)),
        }
    }
}
