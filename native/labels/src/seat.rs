//! A sector's part in a run.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::run::{file_name, Member, Watch};

/// A sector in a run, whose labels one thread makes and another one writes.
pub(crate) struct Seat<'a> {
    pub replica_id: [u8; 32],
    pub cache: PathBuf,
    pub watch: Box<dyn Watch + 'a>,
    /// The run is for its sake.
    pub own: bool,
    over: AtomicBool,
    /// Its whole layers, or what came between.
    outcome: Mutex<io::Result<u32>>,
}

impl<'a> Seat<'a> {
    pub fn new(member: Member<'a>, own: bool) -> Seat<'a> {
        Seat {
            outcome: Mutex::new(Ok(member.sector.layer - 1)),
            replica_id: member.sector.replica_id,
            cache: member.sector.cache,
            watch: member.watch,
            own,
            over: AtomicBool::new(false),
        }
    }

    pub fn path(&self, layer: u32) -> PathBuf {
        self.cache.join(file_name(layer))
    }

    /// Whether it is labelled no further.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether it is labelled no further, from now on if nobody wants its labels.
    pub fn ends_unwanted(&self) -> bool {
        if !self.is_over() && !self.watch.is_wanted() {
            self.fail(io::ErrorKind::BrokenPipe.into());
        }
        self.is_over()
    }

    pub fn completed(&self, layer: u32) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Ok(layer);
    }

    /// The first failure counts. The other sectors go on.
    pub fn fail(&self, error: io::Error) {
        if !self.over.swap(true, Ordering::Relaxed) {
            self.watch.failed(&error);
            *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
        }
    }

    /// What became of it; once.
    pub fn outcome(&self) -> io::Result<u32> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut outcome, Ok(0))
    }
}
