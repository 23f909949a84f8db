//! Where a prover that labels takes others along.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use log::{info, warn};
use selkie_labels::run::{Member, Place, Sector, Watch, FIRST_LAYER_AGAIN};

use super::link::{Answer, Heard, Knock, Link, Listener, Told, VERSION};
use super::Pairs;
use crate::progress;
use crate::wire::Hex32;

/// Who connects says at once what it wants; others wait behind it.
const GREETING: Duration = Duration::from_secs(1);
/// What a prover has to answer in: it does nothing but wait.
const PROMPT: Duration = Duration::from_secs(30);
/// What is left of the memory when another sector's labels have theirs.
const MEMORY_LEFT: u64 = 256 << 20;

/// The socket of a prover, and who waits there.
pub struct Door {
    path: PathBuf,
    listener: Arc<Listener>,
    inside: Arc<Inside>,
    thread: Option<JoinHandle<()>>,
}

struct Inside {
    sector: String,
    sector_bytes: u64,
    layers: u32,
    state: Mutex<State>,
}

struct State {
    /// Where the labels are.
    now: Place,
    /// When, and at which node, this layer was begun or gone on with.
    begun: (Instant, usize),
    /// Nobody may wait, for this reason.
    closed: Option<&'static str>,
    waiting: Option<Waiting>,
}

struct Waiting {
    knock: Knock,
    link: Link,
}

impl State {
    /// Who waits, and has not gone.
    fn awaited(&self) -> Option<&Knock> {
        let waiting = self.waiting.as_ref().filter(|one| one.link.is_open())?;
        Some(&waiting.knock)
    }
}

impl Door {
    /// Lets nobody wait yet.
    pub fn open(pairs: &Pairs, sector: &str, sector_bytes: u64, layers: u32) -> Result<Door> {
        let name = format!("{sector}.{}", std::process::id());
        let path = pairs.directory.join(name + super::visit::SOCKET);
        let open = || -> io::Result<Listener> {
            fs::create_dir_all(&pairs.directory)?;
            Listener::bind(&path)
        };
        let listener =
            Arc::new(open().with_context(|| format!("cannot listen on {}", path.display()))?);
        let inside = Arc::new(Inside {
            sector: sector.to_owned(),
            sector_bytes,
            layers,
            state: Mutex::new(State {
                now: Place { layer: 0, nodes: 0 },
                begun: (Instant::now(), 0),
                closed: Some("does not label yet"),
                waiting: None,
            }),
        });
        let thread = thread::spawn({
            let (listener, inside) = (listener.clone(), inside.clone());
            move || {
                while let Some(link) = listener.accept() {
                    inside.answer(link);
                }
            }
        });
        Ok(Door {
            path,
            listener,
            inside,
            thread: Some(thread),
        })
    }

    /// Says where the labels are.
    pub fn at(&self, place: Place) {
        let mut state = self.inside.state();
        if state.now.layer != place.layer || place.nodes < state.now.nodes {
            state.begun = (Instant::now(), place.nodes);
        }
        state.now = place;
    }

    /// Labels are made from there on, and somebody may wait.
    pub fn begin(&self, place: Place) {
        let mut state = self.inside.state();
        state.now = place;
        state.begun = (Instant::now(), place.nodes);
        state.closed = None;
    }

    /// Lets nobody wait here, for this reason. Who waits goes.
    pub fn close(&self, reason: &'static str) {
        let mut state = self.inside.state();
        state.closed = Some(reason);
        state.waiting = None;
    }

    /// Says whether there is room for one more.
    pub fn has_room(&self, room: bool) {
        self.inside.state().closed = (!room).then_some("has company");
    }

    /// Whether a sector waits.
    pub fn is_awaited(&self) -> bool {
        self.inside.state().awaited().is_some()
    }

    /// Whether a sector waits for its first layer.
    pub fn is_awaited_at_first(&self) -> bool {
        let state = self.inside.state();
        state.awaited().is_some_and(|knock| knock.layer == 1)
    }

    /// Who comes along from this layer on.
    pub fn take(&self, layer: u32) -> Option<Member<'static>> {
        let Waiting { knock, link } = self.inside.state().waiting.take()?;
        match begin(&knock, &link, layer) {
            Ok(()) => {
                info!("{} comes along, on this core", knock.sector);
                progress::note(&format!("in lock step with {}", knock.sector));
                self.has_room(false);
                Some(Member {
                    sector: Sector {
                        replica_id: knock.replica_id.0,
                        cache: knock.cache,
                        layer: knock.layer,
                        begun: None,
                    },
                    watch: Box::new(Guest {
                        sector: knock.sector,
                        link,
                        gone: AtomicBool::new(false),
                    }),
                })
            }
            Err(reason) => {
                info!("{} does not come along: {reason}", knock.sector);
                None
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.listener.close();
        if let Some(thread) = self.thread.take() {
            // Its panic would have been printed, and concerns nobody else.
            let _ = thread.join();
        }
        // Whoever finds it after a kill removes it.
        let _ = fs::remove_file(&self.path);
    }
}

impl Inside {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, link: Link) {
        let heard = link.patient_for(GREETING).and_then(|()| link.receive());
        let knock: Knock = match heard {
            Ok(Some(knock)) => knock,
            Ok(None) => return,
            Err(e) => return warn!("a prover that is to be taken along cannot be heard: {e}"),
        };
        let mut state = self.state();
        let answer = match self.welcome(&state, &knock) {
            Ok(seconds) => Answer::Welcome {
                sector: self.sector.clone(),
                seconds,
            },
            Err(reason) => Answer::Refused { reason },
        };
        let welcome = matches!(answer, Answer::Welcome { .. });
        let told = link.send(&answer).and_then(|()| link.patient_for(PROMPT));
        if told.is_ok() && welcome {
            state.waiting = Some(Waiting { knock, link });
        }
    }

    /// Seconds until it may come along.
    fn welcome(&self, state: &State, knock: &Knock) -> Result<Option<u64>, String> {
        if knock.version != VERSION {
            return Err("its prover is of another version".to_owned());
        }
        if knock.sector_bytes != self.sector_bytes {
            return Err("it is of another size".to_owned());
        }
        if let Some(reason) = state.closed {
            return Err(format!("it {reason}"));
        }
        if state.awaited().is_some() {
            return Err("somebody waits there already".to_owned());
        }
        let nodes = (self.sector_bytes / 32) as usize;
        if knock.layer == 1 {
            let just_begun = state.now.layer == 1 && state.begun.1 == 0;
            return if just_begun && state.now.nodes <= nodes / FIRST_LAYER_AGAIN {
                Ok(Some(0))
            } else {
                Err("it is beyond its first layer".to_owned())
            };
        }
        if state.now.layer >= self.layers {
            return Err("it makes its last layer".to_owned());
        }
        let (since, from) = state.begun;
        let made = state.now.nodes - from;
        if made == 0 {
            return Ok(None);
        }
        let left = (nodes - state.now.nodes) as f64 / made as f64;
        let seconds = since.elapsed().as_secs_f64() * left;
        if seconds > knock.patience_seconds as f64 {
            return Err(format!("its next layer begins in {seconds:.0} s"));
        }
        Ok(Some(seconds as u64))
    }
}

/// Makes sure that it is there, that its layer can be made now, and that there is memory for it.
fn begin(knock: &Knock, link: &Link, layer: u32) -> Result<(), String> {
    if (knock.layer == 1) != (layer == 1) {
        return Err("first layers go with first layers".to_owned());
    }
    let needed = 2 * knock.sector_bytes + MEMORY_LEFT;
    if let Some(bytes) = available_memory().filter(|&bytes| bytes < needed) {
        return Err(format!(
            "{} MiB of memory are left, its labels need {} MiB",
            bytes >> 20,
            needed >> 20
        ));
    }
    let heard = link
        .send(&Told::Begin)
        .and_then(|()| link.receive::<Heard>());
    match heard {
        Ok(Some(Heard { .. })) => Ok(()),
        Ok(None) => Err("it has gone".to_owned()),
        Err(e) => Err(format!("it does not answer: {e}")),
    }
}

/// As the system tells it.
pub fn available_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// A sector that is taken along; its own prover writes down what it hears.
struct Guest {
    sector: String,
    link: Link,
    /// It is not heard any more.
    gone: AtomicBool,
}

impl Guest {
    fn ask(&self, told: &Told) -> io::Result<()> {
        let heard = self
            .link
            .send(told)
            .and_then(|()| self.link.receive::<Heard>())
            .and_then(|heard| heard.ok_or(io::ErrorKind::BrokenPipe.into()))
            .inspect_err(|_| self.gone.store(true, Ordering::Relaxed))?;
        match heard.error {
            None => Ok(()),
            Some(error) => Err(io::Error::other(error)),
        }
    }
}

impl Watch for Guest {
    fn checkpoint(&self, at: Place, digest: blake3::Hash) -> io::Result<()> {
        self.ask(&Told::Checkpoint {
            layer: at.layer,
            nodes: at.nodes,
            digest: Hex32(*digest.as_bytes()),
        })
    }

    fn completed(&self, layer: u32, digest: blake3::Hash) -> io::Result<()> {
        self.ask(&Told::Completed {
            layer,
            digest: Hex32(*digest.as_bytes()),
        })
    }

    fn progress(&self, at: Place) {
        self.link.send_if_room(&Told::Progress {
            layer: at.layer,
            nodes: at.nodes,
        });
    }

    fn failed(&self, error: &io::Error) {
        info!("{} goes its own way: {error}", self.sector);
        progress::note("");
        // One that was late with its word goes on by itself.
        if self.is_wanted() {
            self.link.send_if_room(&Told::Over {
                message: error.to_string(),
                os_error: error.raw_os_error(),
            });
        }
        self.link.close();
    }

    fn is_wanted(&self) -> bool {
        !self.gone.load(Ordering::Relaxed) && self.link.is_open()
    }
}

#[cfg(test)]
mod tests {
    use selkie_labels::run::Nobody;

    use super::*;
    use crate::pairing::{visit, When};

    const BYTES: u64 = 8 << 20;
    const NODES: usize = (BYTES / 32) as usize;

    fn pairs(directory: &std::path::Path) -> Pairs {
        Pairs {
            when: When::Always,
            directory: directory.to_owned(),
            patience: Duration::from_secs(60),
            pinned: false,
        }
    }

    fn knock(sector: &str, layer: u32) -> Knock {
        Knock {
            version: VERSION,
            sector: sector.to_owned(),
            sector_bytes: BYTES,
            layer,
            replica_id: Hex32([1; 32]),
            cache: PathBuf::from("/nowhere"),
            patience_seconds: 60,
        }
    }

    #[test]
    fn who_has_company_lets_nobody_wait() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::open(&pairs(dir.path()), "s-t01000-1", BYTES, 2).unwrap();
        let visit = |sector: &str, layer| visit::knock(dir.path(), &knock(sector, layer));
        assert!(visit("s-t01000-2", 1).is_none(), "it does not label yet");

        door.begin(Place { layer: 1, nodes: 0 });
        let second = visit("s-t01000-2", 1).unwrap();
        assert!(door.is_awaited_at_first());
        assert!(visit("s-t01000-3", 1).is_none(), "somebody waits already");
        let follows = thread::spawn(move || second.follow(&Nobody, || false));
        let guest = door.take(1).unwrap();
        assert!(visit("s-t01000-3", 1).is_none(), "it has company");
        assert!(guest.watch.is_wanted());

        drop(guest);
        let end = follows.join().unwrap();
        assert!(end.begun && end.failed.is_none());
        door.has_room(true);
        assert!(visit("s-t01000-3", 1).is_some());
    }

    #[test]
    fn only_those_wait_who_can_come_along() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::open(&pairs(dir.path()), "s-t01000-1", BYTES, 2).unwrap();
        let asks = |knock: &Knock| visit::knock(dir.path(), knock).is_some();
        let late = Place {
            layer: 1,
            nodes: NODES / 2,
        };
        door.begin(Place { layer: 1, nodes: 0 });
        door.at(late);
        assert!(
            !asks(&knock("s-t01000-2", 1)),
            "its first layer is half made"
        );
        assert!(asks(&knock("s-t01000-2", 2)));
        // One that went on in the middle of its first layer does not begin it again.
        door.begin(late);
        assert!(!asks(&knock("s-t01000-2", 1)));
        let other = Knock {
            sector_bytes: 2048,
            ..knock("s-t01000-2", 2)
        };
        assert!(!asks(&other), "it is of another size");
        let newer = Knock {
            version: VERSION + 1,
            ..knock("s-t01000-2", 2)
        };
        assert!(!asks(&newer), "its messages are others");
        door.at(Place { layer: 2, nodes: 1 });
        assert!(!asks(&knock("s-t01000-2", 2)), "it makes its last layer");
    }

    #[test]
    fn who_goes_away_lets_those_go_who_wait() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::open(&pairs(dir.path()), "s-t01000-1", BYTES, 2).unwrap();
        door.begin(Place { layer: 1, nodes: 0 });
        let second = visit::knock(dir.path(), &knock("s-t01000-2", 1)).unwrap();
        assert!(door.is_awaited());

        door.close("looks for company itself");

        assert!(!second.follow(&Nobody, || false).begun);
        assert!(visit::knock(dir.path(), &knock("s-t01000-2", 1)).is_none());
    }
}
