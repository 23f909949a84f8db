//! PreCommit1 (labels) and PreCommit2 (encoding and trees), both safe to repeat after a crash.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{anyhow, ensure, Context, Error, Result};
use filecoin_proofs::constants::DefaultTreeHasher;
use filecoin_proofs_api::seal::{self, SealPreCommitPhase1Output, SealPreCommitPhase2Output};
use filecoin_proofs_api::{ApiFeature, SectorId};
use log::info;
use rand::rngs::OsRng;
use rand::RngCore;
use serde_json::{json, Value};
use storage_proofs_porep::stacked::generate_replica_id;

use crate::failure::{tagged, Kind};
use crate::guard::layers::{self, Watcher};
use crate::guard::manifest::{self, CacheFile, Labelled, Record};
use crate::guard::replica::{self, Sources};
use crate::guard::space::{self, Space};
use crate::guard::{files, parents};
use crate::ops::labelling::{self, DataFiles};
use crate::ops::pieces;
use crate::progress;
use crate::request::{ClearCache, PreCommit1, PreCommit2};
use crate::wire::{infos, Base64, Files, Hex32, SealType, Sector};

/// Key under which Lotus keeps the ticket in the output of PreCommit1 (base64).
pub const LOTUS_TICKET: &str = "_lotus_SealRandomness";
/// Seeds that a fresh replica is tried with, as Lotus does after PreCommit2.
const TRIAL_SEEDS: usize = 3;
/// Bad replicas after which the labels they were made of are wiped.
const TRIALS_OF_LABELS: u32 = 2;

struct Paths<'a> {
    sealed: &'a Path,
    cache: &'a Path,
    manifest: &'a Path,
}

impl<'a> Paths<'a> {
    fn of(files: &'a Files) -> Result<Paths<'a>> {
        Ok(Paths {
            sealed: files::given(&files.sealed, "sealed file")?,
            cache: files::given(&files.cache, "cache directory")?,
            manifest: files::given(&files.manifest, "manifest")?,
        })
    }
}

/// Labels the sector. What an earlier attempt with the same ticket and data completed is used
/// again: single layers by their digests, a whole PreCommit1 with its answer. All else is wiped,
/// after the record says so.
pub fn phase1(request: &PreCommit1) -> Result<Value> {
    let paths = Paths::of(&request.files)?;
    let proof = request.proof_type;
    let mut record = Record::open(paths.manifest, &request.sector, proof)?;
    let wanted = wanted(request)?;
    require_own(&record, paths.sealed, paths.cache, &request.sector)?;
    let found = record.manifest.pre_commit1.as_ref();
    let kept = layers::to_keep(paths.cache, found, wanted, proof.sector_bytes())?;
    if let Some(answer) = kept_labels(&record, &kept, &paths)? {
        info!(
            "{}: PreCommit1 was done before, and its results are intact",
            request.sector
        );
        return Ok(answer);
    }
    let unsealed = files::given(&request.files.unsealed, "unsealed file")?;
    files::existing_file(unsealed, "unsealed file")?;
    let too_long = fs::metadata(unsealed)?.len() > proof.sector_bytes();
    ensure!(
        !too_long,
        "{} is longer than the sector",
        unsealed.display()
    );
    fs::create_dir_all(paths.cache)
        .with_context(|| format!("cannot make {}", paths.cache.display()))?;

    let skipped = kept.layers.len();
    if skipped > 0 {
        info!(
            "{}: {skipped} of {} layers are kept",
            request.sector,
            proof.layers()
        );
    }
    if let Some(replica @ manifest::PreCommit2::Done { .. }) = &record.manifest.pre_commit2 {
        require_data(unsealed, replica.data(), proof)?;
    }
    // The parent cache may lie on the same file system: it is made before space is counted.
    let parents = parents::ensure(proof)?;
    admit_phase1(&paths, proof, layers::kept_bytes(&kept))?;
    let kernel = labelling::kernel(proof);
    let kept = manifest::PreCommit1 {
        // The library would take a file of the right length for a whole layer.
        partial: kept.partial.filter(|_| kernel.is_some()),
        ..kept
    };
    record.manifest.pre_commit1 = Some(kept.clone());
    record.manifest.pre_commit2 = None;
    record.save()?;
    layers::wipe_others(paths.cache, &kept)?;
    files::remove_if_there(&record.copy_path())?;
    // The library wants the sealed file to exist.
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(paths.sealed)
        .with_context(|| format!("cannot write {}", paths.sealed.display()))?;

    let layers = proof.layers();
    progress::expect_layers(layers as u64);
    progress::stage("treeD", 0, 1);
    let record = Arc::new(Mutex::new(record));
    let output = match kernel {
        Some(kernel) => {
            let files = DataFiles {
                unsealed,
                sealed: paths.sealed,
                cache: paths.cache,
            };
            labelling::pre_commit1(kernel, proof, &files, &parents, &record)?
        }
        None => by_library(request, unsealed, &paths, &record)?,
    };
    let output = Base64(lotus_form(&output, &request.ticket)?);
    progress::stage("digest", 0, 1);
    let done = finish_phase1(&paths, output)?;
    let mut record = record
        .lock()
        .map_err(|_| anyhow!("the watcher of the layers panicked"))?;
    let labels = record
        .manifest
        .pre_commit1
        .as_mut()
        .context("the record lost PreCommit1")?;
    ensure!(
        labels.layers.len() == layers,
        "{} of {layers} layers were recorded",
        labels.layers.len()
    );
    labels.done = Some(done.clone());
    record.save()?;
    Ok(labels_answer(&kept.comm_d, &done, skipped))
}

/// The library's own PreCommit1, with an eye on the layers that it completes.
fn by_library(
    request: &PreCommit1,
    unsealed: &Path,
    paths: &Paths<'_>,
    record: &Arc<Mutex<Record>>,
) -> Result<SealPreCommitPhase1Output> {
    let layers = request.proof_type.layers();
    let watcher = Watcher::start(record.clone(), paths.cache.to_owned(), layers);
    let output = seal::seal_pre_commit_phase1(
        request.proof_type.0,
        paths.cache,
        unsealed,
        paths.sealed,
        request.sector.prover_id(),
        SectorId::from(request.sector.number),
        request.ticket.0,
        &infos(&request.pieces)?,
    );
    watcher.finish()?;
    output
}

/// Labelling wipes the cache and writes over the sealed file. Where no record says that they were
/// made here, they may be the only replica of another sector of this number.
pub fn require_own(record: &Record, sealed: &Path, cache: &Path, sector: &Sector) -> Result<()> {
    if record.manifest.pre_commit1.is_some() || record.manifest.pre_commit2.is_some() {
        return Ok(());
    }
    let foreign = if files::length(sealed)?.is_some_and(|bytes| bytes > 0) {
        Some(sealed)
    } else if files::any_where(cache, layers::is_made_by_sealing)? {
        Some(cache)
    } else {
        None
    };
    match foreign {
        None => Ok(()),
        Some(path) => Err(tagged(
            Kind::BadRequest,
            format!(
                "{} is there already, and no record says that {sector} was sealed here: it may be \
                 another sector's only replica, look at it and move it away",
                path.display()
            ),
        )),
    }
}

/// Labelling puts the data over the sealed file. Where a replica stands there it may be the last
/// good copy of the data: it stays unless the unsealed file holds the same data.
fn require_data(unsealed: &Path, data: &str, proof: SealType) -> Result<()> {
    let found = replica::padded_digest(unsealed, proof.sector_bytes())?;
    if found == data {
        return Ok(());
    }
    Err(tagged(
        Kind::BadRequest,
        format!(
            "{} does not hold the data that the replica was made of: the replica is left as it is",
            unsealed.display()
        ),
    ))
}

fn wanted(request: &PreCommit1) -> Result<manifest::PreCommit1> {
    let comm_d = pieces::whole_comm_d(request.proof_type, &request.pieces)?;
    let replica_id: [u8; 32] = generate_replica_id::<DefaultTreeHasher, _>(
        &request.sector.prover_id(),
        request.sector.number,
        &request.ticket.0,
        comm_d,
        &request.proof_type.0.as_v1_config().porep_id,
    )
    .into();
    Ok(manifest::PreCommit1 {
        ticket: request.ticket,
        comm_d: Hex32(comm_d),
        replica_id: Hex32(replica_id),
        layers: Vec::new(),
        partial: None,
        done: None,
        failed_trials: 0,
    })
}

/// The answer of a finished PreCommit1 of the same replica: while its files are intact, or once
/// the replica made out of them is all that is left.
///
/// `kept`: the layers that are intact.
fn kept_labels(
    record: &Record,
    kept: &manifest::PreCommit1,
    paths: &Paths<'_>,
) -> Result<Option<Value>> {
    let Some(found) = record.manifest.pre_commit1.as_ref() else {
        return Ok(None);
    };
    let Some(done) = found
        .done
        .as_ref()
        .filter(|_| layers::same_replica(found, kept))
    else {
        return Ok(None);
    };
    let intact = match &record.manifest.pre_commit2 {
        Some(replica) if found.is_cleared() => replica_intact(replica, paths.sealed, paths.cache)?,
        _ if !layers::all_kept(paths.cache, found, kept)? => false,
        // PreCommit2 puts the data back itself; without it the sealed file must still hold it.
        Some(_) => true,
        None => files::is_there(paths.sealed)? && files::digest(paths.sealed)?.0 == done.data,
    };
    Ok(intact.then(|| labels_answer(&found.comm_d, done, found.layers.len())))
}

fn labels_answer(comm_d: &Hex32, done: &Labelled, kept: usize) -> Value {
    json!({"output": done.output, "commD": comm_d, "keptLayers": kept})
}

/// Syncs what PreCommit1 left besides the layers, and takes its digests.
fn finish_phase1(paths: &Paths<'_>, output: Base64) -> Result<Labelled> {
    let tree_d = paths.cache.join(layers::TREE_D);
    for path in [paths.sealed, &tree_d, paths.cache] {
        files::sync_file(path)?;
    }
    files::sync_parent(paths.sealed)?;
    Ok(Labelled {
        output,
        tree_d: files::digest(&tree_d)?.0,
        data: files::digest(paths.sealed)?.0,
    })
}

fn admit_phase1(paths: &Paths<'_>, proof: SealType, kept: u64) -> Result<()> {
    let sector = proof.sector_bytes();
    // Layers and tree-d (twice the sector), less what is there and goes or stays.
    let cache = (proof.layers() as u64 * sector + 2 * sector)
        .saturating_sub(kept.max(space::present_in(paths.cache, layers::is_made_by_sealing)));
    Space::new()
        .need(paths.cache, cache)?
        .need(paths.sealed, space::rewrite(paths.sealed, sector))?
        .admit("PreCommit1")
}

/// The output as Lotus hands it over: all keys sorted, and the ticket among them.
fn lotus_form(output: &SealPreCommitPhase1Output, ticket: &Hex32) -> Result<Vec<u8>> {
    let mut value = serde_json::to_value(output)?;
    value[LOTUS_TICKET] = json!(Base64(ticket.0.to_vec()));
    Ok(serde_json::to_vec(&value)?)
}

/// Encodes the replica and builds its trees. An interrupted or repeated attempt begins with the
/// data put back; a finished one whose files are intact is answered from its record.
pub fn phase2(request: &PreCommit2) -> Result<Value> {
    let paths = Paths::of(&request.files)?;
    files::existing_file(paths.sealed, "sealed file")?;
    files::existing_dir(paths.cache, "cache directory")?;
    let proof = request.proof_type;
    let output = phase1_output(request)?;
    let comm_d = output.comm_d;
    let mut record = Record::open(paths.manifest, &request.sector, proof)?;
    if let Some(answer) = kept_replica(&record, request, &paths, &comm_d)? {
        info!(
            "{}: PreCommit2 was done before, and its replica is intact",
            request.sector
        );
        files::remove_if_there(&record.copy_path())?;
        return Ok(answer);
    }
    check_phase1(&record, request, paths.cache, &comm_d)?;
    require_layers_under_replica(&record, paths.cache, proof)?;

    let copy = record.copy_path();
    let sources = Sources {
        unsealed: request.files.unsealed.as_deref(),
        zeros: comm_d == seal::compute_comm_d(proof.0, &[])?,
        copy: &copy,
    };
    sources.require_readable()?;
    admit_phase2(&paths, proof, &sources)?;
    let (data, rebuilt) = bring_data(&record, &paths, &sources, proof)?;
    record.manifest.pre_commit2 = Some(manifest::PreCommit2::Encoding {
        ticket: request.ticket,
        data: data.clone(),
    });
    record.save()?;
    files::remove_where(paths.cache, is_made_by_phase2)?;

    let result = seal::seal_pre_commit_phase2(output, paths.cache, paths.sealed)?;
    if let Err(failed) = try_replica(request, &paths, &result) {
        return Err(blame_labels(&mut record, failed)?);
    }
    if let Some(labels) = record.manifest.pre_commit1.as_mut() {
        labels.failed_trials = 0;
    }
    progress::stage("digest", 0, 1);
    files::sync_file(paths.sealed)?;
    files::sync_all(paths.cache)?;
    record.manifest.pre_commit2 = Some(manifest::PreCommit2::Done {
        ticket: request.ticket,
        data,
        comm_r: Hex32(result.comm_r),
        comm_d: Hex32(result.comm_d),
        sealed: files::digest(paths.sealed)?.0,
        files: cache_files(paths.cache, proof)?,
    });
    record.save()?;
    files::remove_if_there(&copy)?;
    Ok(replica_answer(
        &Hex32(result.comm_r),
        &Hex32(result.comm_d),
        rebuilt,
        false,
    ))
}

fn replica_answer(comm_r: &Hex32, comm_d: &Hex32, rebuilt: bool, kept: bool) -> Value {
    json!({"commR": comm_r, "commD": comm_d, "rebuilt": rebuilt, "kept": kept})
}

/// The output of PreCommit1 that the request carries, checked against the rest of it.
fn phase1_output(request: &PreCommit2) -> Result<SealPreCommitPhase1Output> {
    let bad = |e: serde_json::Error| {
        tagged(
            Kind::BadRequest,
            format!("not an output of PreCommit1: {e}"),
        )
    };
    let output: SealPreCommitPhase1Output =
        serde_json::from_slice(&request.phase1_output.0).map_err(bad)?;
    if output.registered_proof != request.proof_type.0 {
        return Err(tagged(
            Kind::BadRequest,
            "the output of PreCommit1 is of another proof type",
        ));
    }
    let lotus: Value = serde_json::from_slice(&request.phase1_output.0).map_err(bad)?;
    let ticket = lotus.get(LOTUS_TICKET);
    if ticket.is_some_and(|found| *found != json!(Base64(request.ticket.0.to_vec()))) {
        return Err(tagged(
            Kind::BadRequest,
            "the output of PreCommit1 is of another ticket",
        ));
    }
    Ok(output)
}

/// The answer of a finished PreCommit2 of the same ticket and data whose replica is intact, and so
/// is what Commit1 reads beside it unless it was cleared.
fn kept_replica(
    record: &Record,
    request: &PreCommit2,
    paths: &Paths<'_>,
    comm_d: &[u8; 32],
) -> Result<Option<Value>> {
    let Some(replica) = &record.manifest.pre_commit2 else {
        return Ok(None);
    };
    let manifest::PreCommit2::Done {
        ticket,
        comm_r,
        comm_d: done_d,
        ..
    } = replica
    else {
        return Ok(None);
    };
    let same = *ticket == request.ticket && done_d.0 == *comm_d;
    let kept = same && !is_damaged(record, paths.sealed, paths.cache, request.proof_type)?;
    Ok(kept.then(|| replica_answer(comm_r, done_d, false, true)))
}

/// Whether the replica, or what Commit1 opens beside it, is not as it was recorded. What was never
/// recorded (a sector that was labelled elsewhere), or was cleared because nothing will open it any
/// more, is not looked at.
pub fn is_damaged(record: &Record, sealed: &Path, cache: &Path, proof: SealType) -> Result<bool> {
    let bytes = proof.sector_bytes();
    if let Some(replica) = &record.manifest.pre_commit2 {
        if !replica_intact(replica, sealed, cache)? {
            return Ok(true);
        }
    }
    let labels = record.manifest.pre_commit1.as_ref();
    let Some(labels) = labels.filter(|labels| !labels.is_cleared()) else {
        return Ok(false);
    };
    for name in layers::tree_files("tree-c", bytes) {
        if !files::is_there(&cache.join(name))? {
            return Ok(true);
        }
    }
    Ok(!layers::all_intact(cache, labels, bytes)?)
}

/// True when the replica and what proofs read beside it have their recorded digests.
fn replica_intact(replica: &manifest::PreCommit2, sealed: &Path, cache: &Path) -> Result<bool> {
    let manifest::PreCommit2::Done {
        sealed: digest,
        files: beside,
        ..
    } = replica
    else {
        return Ok(false);
    };
    for file in beside {
        let path = cache.join(&file.name);
        if !files::is_there(&path)? || files::digest(&path)?.0 != file.digest {
            info!("{} is missing or changed", path.display());
            return Ok(false);
        }
    }
    Ok(files::is_there(sealed)? && files::digest(sealed)?.0 == *digest)
}

/// Makes sure that the sealed file holds the data, and that it can be put back should this attempt
/// be interrupted. Returns its digest and whether it had to be put back.
fn bring_data(
    record: &Record,
    paths: &Paths<'_>,
    sources: &Sources<'_>,
    proof: SealType,
) -> Result<(String, bool)> {
    let labelled = record
        .manifest
        .pre_commit1
        .as_ref()
        .and_then(|pc1| pc1.done.as_ref());
    let begun = record.manifest.pre_commit2.as_ref();
    let expected = begun
        .map(|pc2| pc2.data())
        .or(labelled.map(|done| done.data.as_str()));
    let found = files::digest(paths.sealed)?.0;
    match expected {
        Some(expected) if expected != found => {
            info!(
                "{}: the data is put back before encoding",
                paths.sealed.display()
            );
            sources.restore(paths.sealed, proof.sector_bytes(), expected)?;
            Ok((expected.to_owned(), true))
        }
        _ => {
            if sources.needs_copy() {
                sources.take_copy(paths.sealed)?;
            }
            Ok((found, false))
        }
    }
}

fn cache_files(cache: &Path, proof: SealType) -> Result<Vec<CacheFile>> {
    let mut names = vec!["p_aux".to_owned(), "t_aux".to_owned()];
    names.extend(layers::tree_files("tree-r-last", proof.sector_bytes()));
    names
        .into_iter()
        .map(|name| {
            let digest = files::digest(&cache.join(&name))?.0;
            Ok(CacheFile { name, digest })
        })
        .collect()
}

fn is_made_by_phase2(name: &str) -> bool {
    name.starts_with("sc-02-data-tree-c")
        || name.starts_with("sc-02-data-tree-r-last")
        || name.starts_with("syn-porep-vanilla-proofs")
        || name == "p_aux"
        || name == "t_aux"
}

/// Refuses layers that are known to be of another ticket or unfinished. A sector that another
/// worker labelled has no record here, and passes.
fn check_phase1(
    record: &Record,
    request: &PreCommit2,
    cache: &Path,
    comm_d: &[u8; 32],
) -> Result<()> {
    let Some(pc1) = &record.manifest.pre_commit1 else {
        info!(
            "{}: labelled elsewhere, no record of its layers",
            request.sector
        );
        return Ok(());
    };
    let same = pc1.ticket == request.ticket && pc1.comm_d.0 == *comm_d;
    if !same || !layers::all_there(cache, pc1, request.proof_type.sector_bytes())? {
        return Err(tagged(
            Kind::RedoPreCommit1,
            format!(
                "the layers of {} are incomplete or of another ticket",
                request.sector
            ),
        ));
    }
    Ok(())
}

fn admit_phase2(paths: &Paths<'_>, proof: SealType, sources: &Sources<'_>) -> Result<()> {
    let sector = proof.sector_bytes();
    // tree-c takes 8/7 of the sector, tree-r-last (its lowest rows discarded) less than 1/32.
    let trees = sector / 7 * 8 + sector / 32 + 8 * 4096;
    let there = space::present_in(paths.cache, is_made_by_phase2);
    let synthetic = if proof.0.feature_enabled(ApiFeature::SyntheticPoRep) {
        synthetic_bytes(proof)
    } else {
        0
    };
    let copy = if sources.needs_copy() { sector } else { 0 };
    Space::new()
        .need(paths.cache, (trees + synthetic).saturating_sub(there))?
        .need(paths.sealed, space::rewrite(paths.sealed, sector))?
        .need(paths.manifest, copy)?
        .admit("PreCommit2")
}

/// Room for the synthetic vanilla proofs: 9 KB each with 2 layers, 45 KB with 11, for as many
/// challenges as there are nodes, but no more than 2^18.
fn synthetic_bytes(proof: SealType) -> u64 {
    let challenges = (proof.sector_bytes() / 32).min(1 << 18);
    let each = if proof.layers() > 2 {
        48 << 10
    } else {
        16 << 10
    };
    challenges * each
}

/// Commit1 for random seeds: it reads the replica back and fails where encoding went wrong.
fn try_replica(
    request: &PreCommit2,
    paths: &Paths<'_>,
    result: &SealPreCommitPhase2Output,
) -> Result<()> {
    let pieces = infos(&request.pieces)?;
    if request
        .proof_type
        .0
        .feature_enabled(ApiFeature::SyntheticPoRep)
    {
        progress::stage("synthetic", 0, 1);
        seal::generate_synth_proofs(
            paths.cache,
            paths.sealed,
            request.sector.prover_id(),
            SectorId::from(request.sector.number),
            request.ticket.0,
            result.clone(),
            &pieces,
        )?;
    }
    for trial in 0..TRIAL_SEEDS {
        progress::stage("trial", trial as u64, TRIAL_SEEDS as u64);
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        seed[31] &= 0x3f;
        seal::seal_commit_phase1(
            paths.cache,
            paths.sealed,
            request.sector.prover_id(),
            SectorId::from(request.sector.number),
            request.ticket.0,
            seed,
            result.clone(),
            &pieces,
        )
        .context("the new replica does not pass Commit1")?;
    }
    Ok(())
}

/// A finished replica is not made again out of layers that changed since: it may be the good one.
fn require_layers_under_replica(record: &Record, cache: &Path, proof: SealType) -> Result<()> {
    let done = matches!(
        record.manifest.pre_commit2,
        Some(manifest::PreCommit2::Done { .. })
    );
    let labels = record.manifest.pre_commit1.as_ref();
    match labels.filter(|labels| done && !labels.is_cleared()) {
        Some(labels) if !layers::all_intact(cache, labels, proof.sector_bytes())? => Err(tagged(
            Kind::RedoPreCommit1,
            format!("layers in {} are damaged", cache.display()),
        )),
        _ => Ok(()),
    }
}

/// What follows from a replica that fails its trial. Encoding may have gone wrong, so it is done
/// once more; then it is the labels, whatever their digests say, and none of them is kept.
fn blame_labels(record: &mut Record, failed: Error) -> Result<Error> {
    if failed.chain().any(|cause| cause.is::<io::Error>()) {
        return Ok(failed); // a disk that is full or failing says nothing of the labels
    }
    let Some(labels) = record.manifest.pre_commit1.as_mut() else {
        return Ok(failed);
    };
    labels.failed_trials += 1;
    let again = labels.failed_trials < TRIALS_OF_LABELS;
    if !again {
        labels.layers.clear();
        labels.partial = None;
        labels.done = None;
    }
    record.save()?;
    Ok(if again {
        failed
    } else {
        tagged(
            Kind::RedoPreCommit1,
            format!("labels made {TRIALS_OF_LABELS} bad replicas: {failed:#}"),
        )
    })
}

/// Removes what only sealing needs: layers, tree-d, tree-c and, unless they are to stay for
/// Commit1, the synthetic proofs.
pub fn clear_cache(request: &ClearCache) -> Result<Value> {
    let cache = files::given(&request.files.cache, "cache directory")?;
    files::existing_dir(cache, "cache directory")?;
    let manifest = files::given(&request.files.manifest, "manifest")?;
    let mut record = Record::open(manifest, &request.sector, request.proof_type)?;
    // The record first: without it the layers that are gone would count as there.
    if let Some(pc1) = record.manifest.pre_commit1.as_mut() {
        pc1.layers.clear();
        record.save()?;
    }
    files::remove_if_there(&record.copy_path())?;
    let removed = files::remove_where(cache, |name| {
        is_scratch(name) || (!request.keep_synthetic_proofs && is_synthetic(name))
    })?;
    Ok(json!({ "removed": removed }))
}

fn is_scratch(name: &str) -> bool {
    name.starts_with("sc-02-data-layer-")
        || name.starts_with("sc-02-data-tree-c")
        || name.starts_with("sc-02-data-tree-d")
}

fn is_synthetic(name: &str) -> bool {
    name.starts_with("syn-porep-vanilla-proofs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector() -> Sector {
        serde_json::from_str("\"s-t01000-1\"").unwrap()
    }

    fn proof() -> SealType {
        serde_json::from_str("5").unwrap()
    }

    #[test]
    fn files_that_no_record_speaks_of_are_not_labelled_over() {
        let dir = tempfile::tempdir().unwrap();
        let (sealed, cache) = (dir.path().join("sealed"), dir.path().join("cache"));
        let record = Record::open(&dir.path().join("s.json"), &sector(), proof()).unwrap();
        require_own(&record, &sealed, &cache, &sector()).unwrap();
        fs::create_dir(&cache).unwrap();
        fs::write(&sealed, []).unwrap();
        require_own(&record, &sealed, &cache, &sector()).unwrap();
        fs::write(&sealed, [1]).unwrap();
        let error = require_own(&record, &sealed, &cache, &sector()).unwrap_err();
        assert_eq!(crate::failure::Failure::of(&error).kind, Kind::BadRequest);
        assert!(error.to_string().contains("move it away"), "{error}");
        fs::remove_file(&sealed).unwrap();
        fs::write(cache.join("p_aux"), []).unwrap();
        assert!(require_own(&record, &sealed, &cache, &sector()).is_err());
    }

    #[test]
    fn what_the_record_speaks_of_may_be_labelled_again() {
        let dir = tempfile::tempdir().unwrap();
        let (sealed, cache) = (dir.path().join("sealed"), dir.path().join("cache"));
        let mut record = Record::open(&dir.path().join("s.json"), &sector(), proof()).unwrap();
        fs::write(&sealed, [1]).unwrap();
        record.manifest.pre_commit2 = Some(manifest::PreCommit2::Encoding {
            ticket: Hex32([1; 32]),
            data: String::new(),
        });
        require_own(&record, &sealed, &cache, &sector()).unwrap();
    }
}
