//! SnapDeals: putting data into a sealed sector of zeros, proving it, taking it out again.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;

use anyhow::{ensure, Context, Result};
use filecoin_proofs::types::SectorUpdateConfig;
use filecoin_proofs_api::{update, PartitionProofBytes, UnpaddedBytesAmount};
use serde_json::{json, Value};

use crate::failure::{tagged, Kind};
use crate::guard::files::Lock;
use crate::guard::space::{self, Space};
use crate::guard::{files, groth, layers};
use crate::progress;
use crate::request::{
    UpdateDecode, UpdateEncode, UpdateFiles, UpdateProve, UpdateVanilla, VerifyUpdate,
};
use crate::wire::{infos, unpadded, Base64, Hex32};

fn check_key(paths: &UpdateFiles, sector: u64) -> Result<()> {
    files::existing_file(&paths.key, "sealed file")?;
    files::existing_dir(&paths.key_cache, "cache directory")?;
    check_cache(&paths.key_cache, sector)
}

fn check_cache(cache: &Path, sector: u64) -> Result<()> {
    let trees = layers::tree_files("tree-r-last", sector);
    for name in ["p_aux", "t_aux"]
        .into_iter()
        .chain(trees.iter().map(String::as_str))
    {
        files::existing_file(&cache.join(name), "cache file")?;
    }
    Ok(())
}

/// The key is needed until the update is proved: nothing of it may be written.
fn apart_from_key(paths: &UpdateFiles) -> Result<()> {
    let key = [paths.key.canonicalize()?, paths.key_cache.canonicalize()?];
    for target in [&paths.update, &paths.update_cache] {
        let parent = target.parent().unwrap_or(Path::new("/"));
        let name = target.file_name().unwrap_or_default();
        let target = match target.canonicalize() {
            Ok(existing) => existing,
            Err(_) => parent
                .canonicalize()
                .with_context(|| format!("cannot find {}", parent.display()))?
                .join(name),
        };
        if key
            .iter()
            .any(|k| target.starts_with(k) || k.starts_with(&target))
        {
            return Err(tagged(
                Kind::BadRequest,
                format!(
                    "{} would be written over the sealed sector",
                    target.display()
                ),
            ));
        }
    }
    Ok(())
}

/// Encodes the data with the sealed sector as key. Repeating it begins from nothing.
pub fn encode(request: &UpdateEncode) -> Result<Value> {
    let paths = &request.files;
    let sector = u64::from(request.update_type.0.sector_size());
    check_key(paths, sector)?;
    apart_from_key(paths)?;
    files::existing_file(&request.unsealed, "unsealed file")?;
    let length = fs::metadata(&request.unsealed)?.len();
    ensure!(
        length == sector,
        "{} has {length} bytes, the sector {sector}",
        request.unsealed.display()
    );
    Space::new()
        .need(&paths.update, space::rewrite(&paths.update, sector))?
        .need(&paths.update_cache, 3 * sector + sector / 4)?
        .admit("the update of a sector")?;
    fs::create_dir_all(&paths.update_cache)
        .with_context(|| format!("cannot make {}", paths.update_cache.display()))?;
    let _lock = Lock::take_dir(&paths.update_cache)?.ok_or_else(|| {
        tagged(
            Kind::Busy,
            format!("another process updates sector {}", request.sector),
        )
    })?;
    files::remove_where(&paths.update_cache, layers::is_made_by_sealing)?;
    at_sector_size(&paths.update, sector)?;
    progress::stage("encoding", 0, 1);
    let encoded = update::empty_sector_update_encode_into(
        request.update_type.0,
        &paths.update,
        &paths.update_cache,
        &paths.key,
        &paths.key_cache,
        &request.unsealed,
        &infos(&request.pieces)?,
    )?;
    files::sync_file(&paths.update)?;
    files::sync_all(&paths.update_cache)?;
    Ok(json!({
        "commRNew": Hex32(encoded.comm_r_new),
        "commRLastNew": Hex32(encoded.comm_r_last_new),
        "commDNew": Hex32(encoded.comm_d_new),
    }))
}

/// The library maps its output and wants it to exist at sector size.
fn at_sector_size(path: &Path, sector: u64) -> Result<()> {
    File::create(path)
        .and_then(|file| file.set_len(sector))
        .with_context(|| format!("cannot write {}", path.display()))
}

pub fn vanilla(request: &UpdateVanilla) -> Result<Value> {
    let paths = &request.files;
    let sector = u64::from(request.update_type.0.sector_size());
    check_key(paths, sector)?;
    files::existing_file(&paths.update, "updated file")?;
    check_cache(&paths.update_cache, sector)?;
    let proofs = update::generate_partition_proofs(
        request.update_type.0,
        request.comm_r_old.0,
        request.comm_r_new.0,
        request.comm_d_new.0,
        &paths.key,
        &paths.key_cache,
        &paths.update,
        &paths.update_cache,
    )?;
    let proofs: Vec<Base64> = proofs.into_iter().map(|proof| Base64(proof.0)).collect();
    Ok(json!({ "vanilla": proofs }))
}

/// Makes the Groth proof and verifies it: the library proves damaged vanilla proofs too.
pub fn prove(request: &UpdateProve) -> Result<Value> {
    let proof = update::generate_empty_sector_update_proof_with_vanilla(
        request.update_type.0,
        request
            .vanilla
            .iter()
            .map(|v| PartitionProofBytes(v.0.clone()))
            .collect(),
        request.comm_r_old.0,
        request.comm_r_new.0,
        request.comm_d_new.0,
    )?;
    let valid = update::verify_empty_sector_update_proof(
        request.update_type.0,
        &proof.0,
        request.comm_r_old.0,
        request.comm_r_new.0,
        request.comm_d_new.0,
    )?;
    ensure!(
        valid,
        "the proof does not verify: the vanilla proofs or commitments are wrong"
    );
    Ok(json!({ "proof": Base64(proof.0) }))
}

/// Whether the update holds; bytes that are no proof make it invalid.
pub fn verify(request: &VerifyUpdate) -> Result<Value> {
    let config = SectorUpdateConfig::from_porep_config(&request.update_type.0.as_v1_config());
    let unfit = groth::no_proofs(&request.proof.0, usize::from(config.update_partitions))
        .or_else(|| groth::no_commitment("old commR", &request.comm_r_old.0))
        .or_else(|| groth::no_commitment("new commR", &request.comm_r_new.0))
        .or_else(|| groth::no_commitment("new commD", &request.comm_d_new.0));
    if let Some(reason) = unfit {
        return Ok(json!({"valid": false, "reason": reason}));
    }
    let valid = update::verify_empty_sector_update_proof(
        request.update_type.0,
        &request.proof.0,
        request.comm_r_old.0,
        request.comm_r_new.0,
        request.comm_d_new.0,
    )?;
    Ok(json!({ "valid": valid }))
}

/// Takes the data out of an updated sector, and checks it against its commitment: with another key
/// or a damaged replica the library succeeds with garbage.
pub fn decode(request: &UpdateDecode) -> Result<Value> {
    let paths = &request.files;
    let sector = u64::from(request.update_type.0.sector_size());
    check_key(paths, sector)?;
    files::existing_file(&paths.update, "updated file")?;
    Space::new()
        .need(&request.output, sector)?
        .admit("decoding")?;
    let temporary = files::temporary_of(&request.output);
    files::or_remove(&temporary, || {
        at_sector_size(&temporary, sector)?;
        update::empty_sector_update_decode_from(
            request.update_type.0,
            &temporary,
            &paths.update,
            &paths.key,
            &paths.key_cache,
            request.comm_d_new.0,
        )?;
        let found = comm_d_of(&temporary, sector)?;
        ensure!(
            found == request.comm_d_new.0,
            "{} decodes to commD {}, expected {}: another key, or a damaged replica",
            paths.update.display(),
            hex::encode(found),
            hex::encode(request.comm_d_new.0)
        );
        files::sync_file(&temporary)?;
        fs::rename(&temporary, &request.output)?;
        files::sync_parent(&request.output)
    })?;
    Ok(json!({ "bytes": sector }))
}

/// The commitment of a file of padded data.
fn comm_d_of(padded: &Path, sector: u64) -> Result<[u8; 32]> {
    let reader = Unpadded {
        source: File::open(padded)?,
        chunk: Cursor::new(Vec::new()),
    };
    let info =
        filecoin_proofs::generate_piece_commitment(reader, UnpaddedBytesAmount(unpadded(sector)?))?;
    Ok(info.commitment)
}

/// Takes the Fr32 padding off while reading.
struct Unpadded {
    source: File,
    chunk: Cursor<Vec<u8>>,
}

impl Read for Unpadded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const PADDED_CHUNK: u64 = 128 << 13;
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            let mut padded = Vec::new();
            self.source
                .by_ref()
                .take(PADDED_CHUNK)
                .read_to_end(&mut padded)?;
            let mut data = Vec::with_capacity(padded.len());
            fr32::write_unpadded(&padded, &mut data, 0, padded.len() / 128 * 127)?;
            self.chunk = Cursor::new(data);
        }
        self.chunk.read(buffer)
    }
}
