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
pub enum End {
    /// The sector goes on by itself, from what was written down.
    Alone,
    /// It cannot be labelled.
    Failed(io::Error),
}

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
    let link = Link::connect(path)?;
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
    /// `leaves`: asked after each layer, whether the sector has better to do.
    pub fn follow(self, watch: &dyn Watch, leaves: impl Fn(u32) -> bool) -> End {
        progress::note(&format!("waits for the next layer of {}", self.sector));
        let end = self.listen(watch, leaves);
        progress::note("");
        end.unwrap_or_else(|e| {
            warn!("{} is not heard any more: {e}", self.sector);
            End::Alone
        })
    }

    fn listen(&self, watch: &dyn Watch, leaves: impl Fn(u32) -> bool) -> io::Result<End> {
        let mut begun = false;
        let mut leaving = false;
        loop {
            let patience = if begun {
                SILENCE
            } else {
                self.until.saturating_duration_since(Instant::now())
            };
            // The kernel takes no time for as long as it likes.
            self.link
                .patient_for(patience.max(Duration::from_millis(1)))?;
            let told = match self.link.receive() {
                Err(e) if !begun && e.kind() == io::ErrorKind::WouldBlock => {
                    info!("{} has not begun a layer in time", self.sector);
                    return Ok(End::Alone);
                }
                told => told?,
            };
            match told {
                None => return Ok(End::Alone),
                Some(Told::Begin) => {
                    begun = true;
                    info!("in lock step with {}, on its core", self.sector);
                    progress::note(&format!("in lock step with {}", self.sector));
                    self.heard(Ok(()), false)?;
                }
                Some(Told::Progress { layer, nodes }) => watch.progress(Place { layer, nodes }),
                Some(Told::Checkpoint {
                    layer,
                    nodes,
                    digest,
                }) => {
                    let done = watch.checkpoint(Place { layer, nodes }, digest.0.into());
                    if let Some(failed) = self.heard(done, false)? {
                        return Ok(failed);
                    }
                }
                Some(Told::Completed { layer, digest }) => {
                    let done = watch.completed(layer, digest.0.into());
                    leaving = leaves(layer);
                    if let Some(failed) = self.heard(done, leaving)? {
                        return Ok(failed);
                    }
                }
                Some(Told::Over { .. }) if leaving => return Ok(End::Alone),
                Some(Told::Over { message, os_error }) => {
                    let error = os_error.map(io::Error::from_raw_os_error);
                    return Ok(End::Failed(
                        error.unwrap_or_else(|| io::Error::other(message)),
                    ));
                }
            }
        }
    }

    /// Says whether it is written down.
    fn heard(&self, done: io::Result<()>, leaves: bool) -> io::Result<Option<End>> {
        let error = done.as_ref().err().map(io::Error::to_string);
        let sent = self.link.send(&Heard { error, leaves });
        match done {
            Ok(()) => sent.map(|()| None),
            Err(e) => Ok(Some(End::Failed(e))),
        }
    }
}
