//! Layers of PreCommit1. The library takes any layer file of the right size for its own, even of
//! another ticket; so a layer stays only when its record says that it belongs to this replica and
//! its digest still matches. Everything else in the cache is wiped.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{anyhow, Result};
use log::info;
use selkie_labels::run;

use crate::guard::files;
use crate::guard::manifest::{Layer, PreCommit1, Record};

/// Name of a layer file in the cache directory.
pub fn file_name(layer: usize) -> String {
    run::file_name(layer as u32)
}

/// Names that PreCommit1 and PreCommit2 make in a cache directory.
pub fn is_made_by_sealing(name: &str) -> bool {
    name.starts_with("sc-02-data-")
        || name.starts_with("syn-porep-vanilla-proofs")
        || name == "p_aux"
        || name == "t_aux"
}

/// The layers in `cache` that may be kept for `wanted`. Nothing is deleted yet: that comes after
/// the record says so ([`wipe_others`]).
pub fn to_keep(
    cache: &Path,
    found: Option<&PreCommit1>,
    wanted: PreCommit1,
    layer_bytes: u64,
) -> Result<PreCommit1> {
    let (layers, partial, failed_trials) = match found {
        Some(found) if same_replica(found, &wanted) => (
            intact_prefix(cache, &found.layers, layer_bytes)?,
            found.partial.clone(),
            found.failed_trials,
        ),
        Some(_) => {
            info!("the layers in {} are of another replica", cache.display());
            (Vec::new(), None, 0)
        }
        None => (Vec::new(), None, 0),
    };
    Ok(PreCommit1 {
        failed_trials: if layers.is_empty() { 0 } else { failed_trials },
        partial: partial.filter(|partial| partial.layer == layers.len() + 1),
        layers,
        done: None,
        ..wanted
    })
}

/// Removes all that sealing makes, but for the layers of the record: the library would reuse it.
pub fn wipe_others(cache: &Path, kept: &PreCommit1) -> Result<()> {
    let mut names: Vec<String> = kept
        .layers
        .iter()
        .map(|layer| file_name(layer.layer))
        .collect();
    if let Some(partial) = &kept.partial {
        // Whole, it may have its name already, and the record does not say so yet.
        names.push(file_name(partial.layer) + run::PARTIAL);
        names.push(file_name(partial.layer));
    }
    files::remove_where(cache, |name| {
        is_made_by_sealing(name) && !names.iter().any(|k| k == name)
    })?;
    Ok(())
}

/// True when both are of the same miner, number, ticket and data.
pub fn same_replica(a: &PreCommit1, b: &PreCommit1) -> bool {
    a.ticket == b.ticket && a.comm_d == b.comm_d && a.replica_id == b.replica_id
}

/// The recorded layers 1, 2, … up to the first that is missing or does not match its digest.
fn intact_prefix(cache: &Path, recorded: &[Layer], layer_bytes: u64) -> Result<Vec<Layer>> {
    let mut kept = Vec::new();
    for (index, layer) in recorded.iter().enumerate() {
        let path = cache.join(file_name(layer.layer));
        if layer.layer != index + 1 || layer.bytes != layer_bytes || !files::is_there(&path)? {
            break;
        }
        let (digest, bytes) = files::digest(&path)?;
        if digest != layer.digest || bytes != layer.bytes {
            info!(
                "layer {} does not match its record: made again",
                layer.layer
            );
            break;
        }
        kept.push(layer.clone());
    }
    Ok(kept)
}

/// Watches a cache directory while the library works, and records each layer once it has its
/// final name: synced first, then digested, then written down.
pub struct Watcher {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Watcher {
    pub fn start(record: Arc<Mutex<Record>>, cache: PathBuf, layers: usize) -> Watcher {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let thread = thread::spawn(move || loop {
            // Read before the look, so that the look after the last layer is never skipped.
            let last = seen.load(Ordering::Acquire);
            record_new(&record, &cache, layers)?;
            if last {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        });
        Watcher { stop, thread }
    }

    /// Records what is still to record.
    pub fn finish(self) -> Result<()> {
        self.stop.store(true, Ordering::Release);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(anyhow!("the watcher of the layers panicked")))
    }
}

fn record_new(record: &Mutex<Record>, cache: &Path, layers: usize) -> Result<()> {
    loop {
        let next = {
            let record = record
                .lock()
                .expect("only this module locks, and it does not panic");
            match &record.manifest.pre_commit1 {
                Some(pc1) => pc1.layers.len() + 1,
                None => return Ok(()),
            }
        };
        let path = cache.join(file_name(next));
        if next > layers || !files::is_there(&path)? {
            return Ok(());
        }
        files::sync_file(&path)?;
        files::sync_file(cache)?;
        let (digest, bytes) = files::digest(&path)?;
        let mut record = record
            .lock()
            .expect("only this module locks, and it does not panic");
        if let Some(pc1) = record.manifest.pre_commit1.as_mut() {
            pc1.layers.push(Layer {
                layer: next,
                bytes,
                digest,
            });
        }
        record.save()?;
        info!("layer {next} of {layers} is complete and recorded");
    }
}

/// Bytes of layers that are kept.
pub fn kept_bytes(pc1: &PreCommit1) -> u64 {
    pc1.layers.iter().map(|layer| layer.bytes).sum()
}

/// True when every file that a finished PreCommit1 left in the cache has its recorded length.
pub fn all_there(cache: &Path, pc1: &PreCommit1, sector_bytes: u64) -> Result<bool> {
    let has = |name: &str, bytes: u64| -> Result<bool> {
        Ok(files::length(&cache.join(name))? == Some(bytes))
    };
    if pc1.done.is_none() || pc1.layers.is_empty() {
        return Ok(false);
    }
    for layer in &pc1.layers {
        if !has(&file_name(layer.layer), layer.bytes)? {
            return Ok(false);
        }
    }
    has(TREE_D, tree_d_bytes(sector_bytes))
}

/// True when they also have their recorded digests.
pub fn all_intact(cache: &Path, pc1: &PreCommit1, sector_bytes: u64) -> Result<bool> {
    if !all_there(cache, pc1, sector_bytes)? {
        return Ok(false);
    }
    all_kept(
        cache,
        pc1,
        &PreCommit1 {
            layers: intact_prefix(cache, &pc1.layers, sector_bytes)?,
            ..pc1.clone()
        },
    )
}

/// True when `kept` are all layers of a finished PreCommit1, and its tree-d is intact too.
pub fn all_kept(cache: &Path, pc1: &PreCommit1, kept: &PreCommit1) -> Result<bool> {
    let Some(done) = &pc1.done else {
        return Ok(false);
    };
    let tree_d = cache.join(TREE_D);
    Ok(!pc1.layers.is_empty()
        && kept.layers.len() == pc1.layers.len()
        && files::is_there(&tree_d)?
        && files::digest(&tree_d)?.0 == done.tree_d)
}

/// The tree over the data: a binary tree of 32-byte nodes.
pub const TREE_D: &str = "sc-02-data-tree-d.dat";

fn tree_d_bytes(sector_bytes: u64) -> u64 {
    2 * sector_bytes - 32
}

/// Files of a tree over the replica: one up to 512 MiB, 8 at 32 GiB, 16 at 64 GiB
/// (filecoin-proofs, the shapes of sectors).
pub fn tree_files(tree: &str, sector_bytes: u64) -> Vec<String> {
    match sector_bytes >> 30 {
        0..=31 => vec![format!("sc-02-data-{tree}.dat")],
        32..=63 => (0..8)
            .map(|i| format!("sc-02-data-{tree}-{i}.dat"))
            .collect(),
        _ => (0..16)
            .map(|i| format!("sc-02-data-{tree}-{i}.dat"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::wire::Hex32;

    const BYTES: u64 = 64;

    fn wanted(ticket: u8) -> PreCommit1 {
        PreCommit1 {
            ticket: Hex32([ticket; 32]),
            comm_d: Hex32([2; 32]),
            replica_id: Hex32([3; 32]),
            layers: Vec::new(),
            partial: None,
            done: None,
            failed_trials: 0,
        }
    }

    /// Eleven small made-up layers with their true digests.
    fn recorded(cache: &Path) -> PreCommit1 {
        let mut pc1 = wanted(1);
        for layer in 1..=11 {
            let path = cache.join(file_name(layer));
            fs::write(&path, vec![layer as u8; BYTES as usize]).unwrap();
            let (digest, bytes) = files::digest(&path).unwrap();
            pc1.layers.push(Layer {
                layer,
                bytes,
                digest,
            });
        }
        pc1
    }

    fn keep_or_wipe(
        cache: &Path,
        found: Option<&PreCommit1>,
        wanted: PreCommit1,
        bytes: u64,
    ) -> Result<PreCommit1> {
        let kept = to_keep(cache, found, wanted, bytes)?;
        wipe_others(cache, &kept)?;
        Ok(kept)
    }

    fn there(cache: &Path) -> Vec<usize> {
        (1..=12)
            .filter(|layer| cache.join(file_name(*layer)).exists())
            .collect()
    }

    #[test]
    fn matching_layers_stay_and_tree_d_goes() {
        let dir = tempfile::tempdir().unwrap();
        let found = recorded(dir.path());
        fs::write(dir.path().join("sc-02-data-tree-d.dat"), b"short").unwrap();
        fs::write(dir.path().join("p_aux"), b"old").unwrap();
        fs::write(dir.path().join("sc-02-data-layer-12..tmp"), b"torn").unwrap();
        let kept = keep_or_wipe(dir.path(), Some(&found), wanted(1), BYTES).unwrap();
        assert_eq!(kept.layers, found.layers);
        assert_eq!(there(dir.path()), (1..=11).collect::<Vec<_>>());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 11);
    }

    #[test]
    fn layers_of_another_ticket_are_wiped() {
        let dir = tempfile::tempdir().unwrap();
        let found = recorded(dir.path());
        let kept = keep_or_wipe(dir.path(), Some(&found), wanted(9), BYTES).unwrap();
        assert!(kept.layers.is_empty());
        assert!(there(dir.path()).is_empty());
    }

    #[test]
    fn a_layer_without_a_record_is_wiped() {
        let dir = tempfile::tempdir().unwrap();
        let mut found = recorded(dir.path());
        found.layers.truncate(4);
        let kept = keep_or_wipe(dir.path(), Some(&found), wanted(1), BYTES).unwrap();
        assert_eq!(kept.layers.len(), 4);
        assert_eq!(there(dir.path()), vec![1, 2, 3, 4]);
    }

    #[test]
    fn a_flipped_bit_ends_the_prefix() {
        let dir = tempfile::tempdir().unwrap();
        let found = recorded(dir.path());
        let path = dir.path().join(file_name(7));
        let mut bytes = fs::read(&path).unwrap();
        bytes[5] ^= 1;
        fs::write(&path, bytes).unwrap();
        let kept = keep_or_wipe(dir.path(), Some(&found), wanted(1), BYTES).unwrap();
        assert_eq!(kept.layers.len(), 6);
        assert_eq!(there(dir.path()), vec![1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_layer_that_cannot_be_looked_at_is_no_reason_to_make_it_again() {
        let dir = tempfile::tempdir().unwrap();
        let found = recorded(dir.path());
        let path = dir.path().join(file_name(7));
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&path, &path).unwrap();
        let error = to_keep(dir.path(), Some(&found), wanted(1), BYTES).unwrap_err();
        assert!(error.to_string().contains("cannot look at"), "{error}");
    }

    #[test]
    fn other_files_in_the_cache_are_not_ours_to_wipe() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("notes.txt"), b"mine").unwrap();
        keep_or_wipe(dir.path(), None, wanted(1), BYTES).unwrap();
        assert!(dir.path().join("notes.txt").exists());
    }
}
