//! With whom a sector is labelled: alone, with a guest, or as one.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use log::{info, warn};
use selkie_labels::run::{self, Place, Turn, Watch};

use crate::guard::manifest::Record;
use crate::pairing::cores::{Core, Cores};
use crate::pairing::door::{available_memory, Door};
use crate::pairing::link::{Knock, VERSION};
use crate::pairing::visit::{self, Visit};
use crate::pairing::{Pairs, When};
use crate::progress;
use crate::wire::{Hex32, SealType};

/// Decides that, between two layers.
pub struct Company {
    /// None where no other prover is known.
    host: Option<Host>,
    sector: String,
    sector_bytes: u64,
    replica_id: Hex32,
    cache: PathBuf,
    /// For others, over all layers.
    patience: Cell<Duration>,
    /// It has waited for a layer that did not begin: the next one is made without asking.
    in_vain: Cell<bool>,
    visit: RefCell<Option<(Visit, u32)>>,
}

struct Host {
    pairs: Pairs,
    cores: Cores,
    core: RefCell<Option<Core>>,
    door: Door,
}

impl Company {
    pub fn new(
        proof: SealType,
        cache: &Path,
        replica_id: &[u8; 32],
        record: &Mutex<Record>,
    ) -> Company {
        let record = record.lock().unwrap_or_else(|e| e.into_inner());
        let sector = record.manifest.sector.clone();
        let (sector_bytes, layers) = (proof.sector_bytes(), proof.layers() as u32);
        let host = Pairs::from_environment().and_then(|pairs| {
            let door = Door::open(&pairs, &sector, sector_bytes, layers)
                .inspect_err(|e| warn!("labelled alone: {e:#}"))
                .ok()?;
            Some(Host {
                cores: Cores::new(&pairs.directory, pairs.pinned),
                core: RefCell::default(),
                door,
                pairs,
            })
        });
        Company {
            patience: Cell::new(host.as_ref().map_or(Duration::ZERO, |it| it.pairs.patience)),
            host,
            sector,
            sector_bytes,
            replica_id: Hex32(*replica_id),
            cache: cache.to_owned(),
            in_vain: Cell::new(false),
            visit: RefCell::default(),
        }
    }

    /// Where others wait to come along.
    pub fn door(&self) -> Option<&Door> {
        self.host.as_ref().map(|host| &host.door)
    }

    /// A place with another prover to begin this layer, if that is better than to begin it here.
    pub fn visit(&self, layer: u32) -> Option<Visit> {
        let host = self.host.as_ref()?;
        if self.in_vain.take() || self.patience.get().is_zero() || !host.wants_company() {
            return None;
        }
        // Two that wait for each other would wait for long.
        host.door.close("looks for company itself");
        visit::knock(
            &host.pairs.directory,
            &Knock {
                version: VERSION,
                sector: self.sector.clone(),
                sector_bytes: self.sector_bytes,
                layer,
                replica_id: self.replica_id,
                cache: self.cache.clone(),
                patience_seconds: self.patience.get().as_secs(),
            },
        )
    }

    /// Is labelled by another prover, until it goes on here.
    ///
    /// `layer`: the first one that is made there.
    pub fn follow(&self, visit: Visit, layer: u32, watch: &dyn Watch) -> Result<()> {
        let Some(host) = &self.host else {
            return Ok(());
        };
        host.core.take();
        watch.progress(Place { layer, nodes: 0 });
        let end = visit.follow(watch, || !host.wants_company());
        self.patience
            .set(self.patience.get().saturating_sub(end.waited));
        self.in_vain.set(!end.begun);
        match end.failed {
            None => Ok(()),
            Some(e) => {
                Err(e).with_context(|| format!("cannot write labels into {}", self.cache.display()))
            }
        }
    }

    /// Begins to label in this thread, from there on; gives the processors for the one that writes.
    pub fn label_here(&self, place: Place) -> Vec<usize> {
        let Some(host) = &self.host else {
            return Vec::new();
        };
        if host.has_core() {
            info!("labels have a core of their own");
        }
        self.await_memory(host);
        host.door.begin(place);
        let core = host.core.borrow();
        if let Some(core) = core.as_ref() {
            host.cores.stay_on(core);
        }
        host.cores.beside(core.as_ref())
    }

    /// Another prover that had this sector along has the memory of both until its layer ends.
    fn await_memory(&self, host: &Host) {
        let until = Instant::now() + host.pairs.patience;
        let needed = 2 * self.sector_bytes;
        while available_memory().is_some_and(|bytes| bytes < needed) && Instant::now() < until {
            progress::note("waits for memory");
            thread::sleep(Duration::from_secs(1));
        }
        progress::note("");
    }

    /// Where the sector goes from there, and with which layer; none if it was labelled to its end.
    pub fn end_labelling(&self) -> Option<(Visit, u32)> {
        if let Some(host) = &self.host {
            host.door.close("labels no more");
            host.cores.roam();
        }
        self.visit.take()
    }
}

impl Host {
    /// Whether the sector has a core of its own, from now on if one is free.
    fn has_core(&self) -> bool {
        let mut core = self.core.borrow_mut();
        if core.is_none() {
            *core = self.cores.claim().unwrap_or_else(|e| {
                warn!("{e:#}");
                None
            });
        }
        core.is_some()
    }

    fn wants_company(&self) -> bool {
        match self.pairs.when {
            When::Always => true,
            When::CoresAreScarce => !self.has_core(),
            When::Never => false,
        }
    }
}

impl<'a> run::Company<'a> for Company {
    fn turn(&self, layer: u32, room: usize) -> Turn<'a> {
        // With a guest there is nothing better.
        let Some(host) = self.host.as_ref().filter(|_| room > 0) else {
            return Turn::GoOn(Vec::new());
        };
        progress::note("");
        if let Some(guest) = host.door.take(layer) {
            return Turn::GoOn(vec![guest]);
        }
        if !host.door.is_awaited() {
            if let Some(visit) = self.visit(layer) {
                self.visit.replace(Some((visit, layer)));
                return Turn::Stop;
            }
        }
        host.door.has_room(true);
        Turn::GoOn(Vec::new())
    }

    fn is_awaited_at_first(&self) -> bool {
        self.door().is_some_and(Door::is_awaited_at_first)
    }
}
