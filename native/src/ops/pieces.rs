//! Pieces: commitments, and writing them into the unsealed file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use filecoin_proofs_api::seal;
use filecoin_proofs_api::{PieceInfo, UnpaddedBytesAmount};
use log::info;
use serde_json::{json, Value};

use crate::failure::{tagged, Kind};
use crate::guard::files;
use crate::guard::manifest::{Record, StoredPiece};
use crate::guard::space::Space;
use crate::progress;
use crate::request::{AddPiece, DataCommitment, PieceCommitment, Source};
use crate::wire::{infos, unpadded, Hex32, Piece, SealType};

pub fn commitment(request: &PieceCommitment) -> Result<Value> {
    let info = commitment_of(request.proof_type, &request.source, request.size)?;
    Ok(json!(Piece::of(&info)))
}

fn commitment_of(proof: SealType, source: &Source, size: u64) -> Result<PieceInfo> {
    let bytes = unpadded(size)?;
    let mut source = source.open(bytes)?;
    let info = seal::generate_piece_commitment(proof.0, &mut source, UnpaddedBytesAmount(bytes));
    source.check()?;
    info
}

pub fn data_commitment(request: &DataCommitment) -> Result<Value> {
    let comm_d = whole_comm_d(request.proof_type, &request.pieces)?;
    Ok(json!({ "commD": Hex32(comm_d) }))
}

/// The commitment of a sector's data. The library would take pieces that do not fill the sector,
/// and answer with the commitment of something smaller.
pub fn whole_comm_d(proof: SealType, pieces: &[Piece]) -> Result<[u8; 32]> {
    let mut end: u64 = 0;
    for piece in pieces {
        unpadded(piece.size)?;
        if end % piece.size != 0 {
            return Err(tagged(
                Kind::BadRequest,
                format!(
                    "a piece of {} padded bytes cannot begin at {end}",
                    piece.size
                ),
            ));
        }
        end = end.saturating_add(piece.size);
    }
    if !pieces.is_empty() && end != proof.sector_bytes() {
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "the pieces make {end} padded bytes, the sector has {}",
                proof.sector_bytes()
            ),
        ));
    }
    seal::compute_comm_d(proof.0, &infos(pieces)?)
}

/// Appends a piece. Repeating the request after a crash gives the same file: what an interrupted
/// attempt left is cut off first, and a piece that is there is answered from the record.
pub fn add(request: &AddPiece) -> Result<Value> {
    let unsealed = files::given(&request.files.unsealed, "unsealed file")?;
    let manifest = files::given(&request.files.manifest, "manifest")?;
    let (start, end) = place(request)?;
    let mut record = Record::open(manifest, &request.sector, request.proof_type)?;
    if let Some(piece) = kept_piece(&record, request, unsealed, end)? {
        info!("{}: the piece at {start} is there already", request.sector);
        return Ok(json!(piece));
    }
    Space::new()
        .need(unsealed, request.size)?
        .admit("AddPiece")?;
    // The record first: a piece that is cut off must not count as there.
    record.manifest.pieces.truncate(request.existing.len());
    record.save()?;
    let (piece, bytes) = write_piece(request, unsealed, start)?;
    let length = fs::metadata(unsealed)?.len();
    ensure!(
        length == end,
        "{} has {length} bytes after AddPiece, expected {end}",
        unsealed.display()
    );
    record.manifest.pieces.push(StoredPiece {
        piece,
        bytes,
        name: request.name.clone(),
    });
    record.save()?;
    Ok(json!(piece))
}

/// Where the piece begins and ends, in padded bytes.
fn place(request: &AddPiece) -> Result<(u64, u64)> {
    unpadded(request.size)?;
    let start = request
        .existing
        .iter()
        .fold(0u64, |sum, size| sum.saturating_add(*size));
    let end = start.saturating_add(request.size);
    if end > request.proof_type.sector_bytes() {
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "the pieces take {end} padded bytes, the sector has {}",
                request.proof_type.sector_bytes()
            ),
        ));
    }
    // The library would put zeros between pieces that are not aligned, unseen by the caller.
    if start % request.size != 0 {
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "a piece of {} padded bytes cannot begin at {start}",
                request.size
            ),
        ));
    }
    Ok((start, end))
}

/// The piece that an earlier attempt put there. Fails when it is another one, or when the sector
/// has gone beyond pieces: its data is not to change any more.
fn kept_piece(
    record: &Record,
    request: &AddPiece,
    unsealed: &Path,
    end: u64,
) -> Result<Option<Piece>> {
    let pieces = &record.manifest.pieces;
    let sizes: Vec<u64> = pieces.iter().map(|p| p.piece.size).collect();
    let index = request.existing.len();
    ensure!(
        sizes.len() >= index && sizes[..index] == request.existing,
        "the sector holds pieces of {sizes:?} padded bytes, the request says {:?}",
        request.existing
    );
    let labelled = record.manifest.pre_commit1.is_some() || record.manifest.pre_commit2.is_some();
    let Some(found) = pieces.get(index) else {
        ensure!(
            !labelled,
            "{} takes no more pieces: PreCommit1 has begun",
            request.sector
        );
        return Ok(None);
    };
    let same = found.piece.size == request.size
        && found.piece
            == Piece::of(&commitment_of(
                request.proof_type,
                &request.source,
                request.size,
            )?);
    let there = labelled || fs::metadata(unsealed).is_ok_and(|m| m.len() >= end);
    if same && there {
        return Ok(Some(found.piece));
    }
    ensure!(
        !labelled && index + 1 == pieces.len(),
        "{} holds another piece at this place, and more came after it",
        request.sector
    );
    Ok(None)
}

/// Writes the piece and returns it with the bytes that came from its source.
fn write_piece(request: &AddPiece, unsealed: &Path, start: u64) -> Result<(Piece, u64)> {
    let piece_bytes = unpadded(request.size)?;
    let target = open_at(unsealed, start)?;
    let mut source = request.source.open(piece_bytes)?;
    progress::stage("piece", 0, request.size);
    let existing: Vec<UnpaddedBytesAmount> = request
        .existing
        .iter()
        .map(|size| unpadded(*size).map(UnpaddedBytesAmount))
        .collect::<Result<_>>()?;
    let added = seal::add_piece(
        request.proof_type.0,
        &mut source,
        &target,
        UnpaddedBytesAmount(piece_bytes),
        &existing,
    );
    // A source that ended early is the cause, whatever the library made of it.
    source.check()?;
    let (info, _) = added?;
    target.sync_all()?;
    files::sync_parent(unsealed)?;
    Ok((Piece::of(&info), source.taken))
}

/// The unsealed file, cut to `start` and positioned there.
fn open_at(unsealed: &Path, start: u64) -> Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(unsealed)
        .with_context(|| format!("cannot open {}", unsealed.display()))?;
    let length = file.metadata()?.len();
    if length < start {
        bail!(
            "{} has {length} bytes, but the pieces before take {start}",
            unsealed.display()
        );
    }
    file.set_len(start)?;
    let mut positioned = &file;
    io::Seek::seek(&mut positioned, io::SeekFrom::Start(start))?;
    Ok(file)
}

/// Exactly the bytes of a piece: what the source has, then zeros. The library reads a longer
/// source to its end before it fails, so it never sees one.
pub struct PieceReader {
    source: Option<io::Take<File>>,
    wanted: u64,
    zeros: io::Take<io::Repeat>,
    name: String,
    /// Bytes that came from the source.
    pub taken: u64,
}

impl Source {
    fn open(&self, piece_bytes: u64) -> Result<PieceReader> {
        let (source, wanted, name) = match &self.path {
            Some(path) => {
                let path = files::existing_file(path, "piece source")?;
                let file = File::open(path)
                    .map_err(|e| files::unless_passing("piece source", path, &e))?;
                let wanted = self.bytes.unwrap_or(piece_bytes);
                (Some(file.take(wanted)), wanted, path.display().to_string())
            }
            None => (None, 0, String::new()),
        };
        if wanted > piece_bytes {
            return Err(tagged(
                Kind::BadRequest,
                format!("{wanted} bytes do not fit into a piece of {piece_bytes} unpadded bytes"),
            ));
        }
        Ok(PieceReader {
            source,
            wanted,
            zeros: io::repeat(0).take(piece_bytes - wanted),
            name,
            taken: 0,
        })
    }
}

impl PieceReader {
    fn check(&self) -> Result<()> {
        if self.source.is_some() && self.taken < self.wanted {
            bail!(
                "{} ended after {} of {} bytes",
                self.name,
                self.taken,
                self.wanted
            );
        }
        Ok(())
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken < self.wanted {
            if let Some(source) = &mut self.source {
                let n = source.read(buffer)?;
                self.taken += n as u64;
                return Ok(n);
            }
        }
        self.zeros.read(buffer)
    }
}
