//! Unsealing: the data of a sector out of its replica, checked against commD.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{ensure, Context, Result};
use filecoin_proofs_api::{seal, SectorId, UnpaddedByteIndex, UnpaddedBytesAmount};
use fr32::Fr32Reader;
use serde_json::{json, Value};

use crate::failure::{tagged, Kind};
use crate::guard::files::Lock;
use crate::guard::space::Space;
use crate::guard::{files, parents};
use crate::progress;
use crate::request::{Form, Unseal};
use crate::wire::unpadded;

/// Writes `length` bytes from `offset` to the output. The whole sector is decoded each time (the
/// labels are made again), so that its commD can be checked: with a wrong ticket the library
/// succeeds with garbage.
pub fn unseal(request: &Unseal) -> Result<Value> {
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    files::existing_file(sealed, "sealed file")?;
    files::existing_dir(&request.scratch, "scratch directory")?;
    let proof = request.proof_type;
    let capacity = check_range(request)?;
    parents::ensure(proof)?;
    let sector = proof.sector_bytes();
    Space::new()
        .need(&request.scratch, (proof.layers() as u64 + 2 + 1) * sector)?
        .need(&request.output, request.length / 127 * 128 + 128)?
        .admit("unsealing")?;
    // The library writes tree-d and layers beside: into a directory of their own, never into the
    // sector's cache, whose tree-d Commit1 needs.
    let cache = request.scratch.join(format!("{}-unseal", request.sector));
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let _lock = Lock::take_dir(&cache)?.ok_or_else(|| {
        tagged(
            Kind::Busy,
            format!("another process unseals sector {}", request.sector),
        )
    })?;
    files::remove_where(&cache, |_| true)?;
    let done = decode(request, sealed, &cache, capacity);
    remove_dir(&cache)?;
    done
}

/// The unpadded bytes of the sector, if the range that is asked for lies in it.
pub fn check_range(request: &Unseal) -> Result<u64> {
    let capacity = unpadded(request.proof_type.sector_bytes())?;
    let end = request.offset.checked_add(request.length);
    // The library panics on a range outside the sector.
    if request.length == 0 || end.is_none_or(|end| end > capacity) {
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "{} bytes at {} are not in a sector of {capacity} unpadded bytes",
                request.length, request.offset
            ),
        ));
    }
    if request.form == Form::Padded && (request.offset % 127 != 0 || request.length % 127 != 0) {
        return Err(tagged(
            Kind::BadRequest,
            "a padded range begins and ends at multiples of 127",
        ));
    }
    Ok(capacity)
}

fn decode(request: &Unseal, sealed: &Path, cache: &Path, capacity: u64) -> Result<Value> {
    let proof = request.proof_type;
    let whole = cache.join("data");
    progress::expect_layers(proof.layers() as u64);
    seal::get_unsealed_range(
        proof.0,
        cache,
        sealed,
        &whole,
        request.sector.prover_id(),
        SectorId::from(request.sector.number),
        request.comm_d.0,
        request.ticket.0,
        UnpaddedByteIndex(0),
        UnpaddedBytesAmount(capacity),
    )?;
    progress::stage("commD", 0, 1);
    let found = seal::generate_piece_commitment(
        proof.0,
        BufReader::new(File::open(&whole)?),
        UnpaddedBytesAmount(capacity),
    )?;
    ensure!(
        found.commitment == request.comm_d.0,
        "{} unseals to commD {}, expected {}: wrong ticket, miner or number, or a damaged replica",
        sealed.display(),
        hex::encode(found.commitment),
        hex::encode(request.comm_d.0)
    );
    let bytes = write_range(request, &whole)?;
    Ok(json!({ "bytes": bytes }))
}

/// Writes the range out of a file with all the unpadded bytes of the sector.
pub fn write_range(request: &Unseal, whole: &Path) -> Result<u64> {
    let temporary = files::temporary_of(&request.output);
    let write = || -> Result<u64> {
        let mut source = File::open(whole)?;
        source.seek(SeekFrom::Start(request.offset))?;
        let source = BufReader::new(source).take(request.length);
        let mut target = BufWriter::new(File::create(&temporary)?);
        let bytes = match request.form {
            Form::Unpadded => io::copy(&mut { source }, &mut target)?,
            Form::Padded => io::copy(&mut Fr32Reader::new(source), &mut target)?,
        };
        target.flush()?;
        target.get_ref().sync_all()?;
        fs::rename(&temporary, &request.output)?;
        files::sync_parent(&request.output)?;
        Ok(bytes)
    };
    let written = write().with_context(|| format!("cannot write {}", request.output.display()));
    if written.is_err() {
        files::remove_if_there(&temporary)?;
    }
    written
}

fn remove_dir(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("cannot empty {}", dir.display()))
        }
        _ => Ok(()),
    }
}
