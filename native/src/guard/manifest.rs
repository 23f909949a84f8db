//! Selkie's record of a sector's files, `<path>/selkie/s-t01000-1.json`: what was made from what,
//! with digests. It lies outside Lotus's directories, since an unknown file in a cache directory
//! breaks a Lotus fetch. This crate alone writes it; the node reads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use serde::{Deserialize, Serialize};

use crate::failure::{tagged, Kind};
use crate::guard::files::{self, Lock};
use crate::wire::{Base64, Hex32, Piece, SealType, Sector};

/// Readers refuse a newer version; older ones are read as they are.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub version: u32,
    pub sector: String,
    pub proof_type: SealType,
    #[serde(default)]
    pub pieces: Vec<StoredPiece>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_commit1: Option<PreCommit1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_commit2: Option<PreCommit2>,
}

/// A piece as it was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPiece {
    #[serde(flatten)]
    pub piece: Piece,
    /// Unpadded bytes that came from the source; the rest of the piece is zeros.
    pub bytes: u64,
    /// What the caller calls it (a file name), if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreCommit1 {
    pub ticket: Hex32,
    pub comm_d: Hex32,
    pub replica_id: Hex32,
    /// Complete layers, in order, each synced before it was recorded.
    pub layers: Vec<Layer>,
    /// The labels of the next layer that are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// What stands at the end, with everything synced; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Labelled>,
    /// Replicas made of these labels that did not pass their trial.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed_trials: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl PreCommit1 {
    /// Whether the layers of a finished PreCommit1 were removed because nothing needs them.
    pub fn is_cleared(&self) -> bool {
        self.done.is_some() && self.layers.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    pub layer: usize,
    pub bytes: u64,
    pub digest: String,
}

/// A layer that is being made: its first labels, synced before this was recorded. Once it is whole
/// the file gets its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partial {
    pub layer: usize,
    pub nodes: u64,
    /// Of all of them.
    pub digest: String,
}

/// The results of PreCommit1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Labelled {
    /// What PreCommit2 takes.
    pub output: Base64,
    /// Digest of tree-d.
    pub tree_d: String,
    /// Digest of the data in the sealed file, before PreCommit2 rewrites it.
    pub data: String,
}

/// PreCommit2 rewrites the sealed file in place, so what stands there is written down first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum PreCommit2 {
    /// Begun: the sealed file may be half encoded.
    Encoding {
        ticket: Hex32,
        /// Digest of the data that stood in the sealed file.
        data: String,
    },
    Done {
        ticket: Hex32,
        data: String,
        comm_r: Hex32,
        comm_d: Hex32,
        /// Digest of the sealed file.
        sealed: String,
        /// What proofs of spacetime read beside it: `p_aux`, `t_aux`, tree-r-last.
        files: Vec<CacheFile>,
    },
}

impl PreCommit2 {
    pub fn data(&self) -> &str {
        match self {
            PreCommit2::Encoding { data, .. } | PreCommit2::Done { data, .. } => data,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheFile {
    pub name: String,
    pub digest: String,
}

/// The manifest of one sector, locked against a second process working on the same sector.
pub struct Record {
    path: PathBuf,
    _lock: Lock,
    pub manifest: Manifest,
}

impl Record {
    /// Opens or begins the record at `path`.
    pub fn open(path: &Path, sector: &Sector, proof_type: SealType) -> Result<Record> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot make {}", parent.display()))?;
        }
        let lock = Lock::take(&path.with_extension("lock"))?.ok_or_else(|| {
            tagged(
                Kind::Busy,
                format!("another process works on sector {sector}"),
            )
        })?;
        let manifest = read(path)?.unwrap_or_else(|| Manifest {
            version: VERSION,
            sector: sector.to_string(),
            proof_type,
            pieces: Vec::new(),
            pre_commit1: None,
            pre_commit2: None,
        });
        if manifest.sector != sector.to_string() || manifest.proof_type != proof_type {
            bail!(
                "{} is the record of {} with proof type {}, not of {sector} with {}",
                path.display(),
                manifest.sector,
                manifest.proof_type.number(),
                proof_type.number()
            );
        }
        Ok(Record {
            path: path.to_owned(),
            _lock: lock,
            manifest,
        })
    }

    /// Makes the record durable.
    pub fn save(&self) -> Result<()> {
        files::replace(&self.path, &serde_json::to_vec_pretty(&self.manifest)?)
    }

    /// Where the copy of the replica's data stays while PreCommit2 rewrites it.
    pub fn copy_path(&self) -> PathBuf {
        self.path.with_extension("data")
    }
}

/// The manifest at `path`, if there is one.
pub fn read(path: &Path) -> Result<Option<Manifest>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
    };
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let unreadable = || format!("{} is not a sector manifest", path.display());
    let version: Version = serde_json::from_slice(&text).with_context(unreadable)?;
    if version.version > VERSION {
        bail!(
            "{} has version {}, newer than this program's {VERSION}",
            path.display(),
            version.version
        );
    }
    serde_json::from_slice(&text)
        .map(Some)
        .with_context(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector() -> Sector {
        serde_json::from_str("\"s-t01000-1\"").unwrap()
    }

    fn seal_type() -> SealType {
        serde_json::from_str("5").unwrap()
    }

    #[test]
    fn one_process_works_on_a_sector() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("selkie/s-t01000-1.json");
        let held = Record::open(&path, &sector(), seal_type()).unwrap();
        let second = Record::open(&path, &sector(), seal_type()).err().unwrap();
        assert_eq!(
            second.to_string(),
            "another process works on sector s-t01000-1"
        );
        drop(held);
        assert!(Record::open(&path, &sector(), seal_type()).is_ok());
    }

    #[test]
    fn a_newer_version_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s-t01000-1.json");
        fs::write(&path, r#"{"version":2,"whatever":true}"#).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("newer than"));
    }

    #[test]
    fn the_manifest_of_version_1_is_still_read() {
        let text = include_str!("../../tests/data/manifest-v1.json");
        let manifest: Manifest = serde_json::from_str(text).unwrap();
        assert_eq!(manifest.pieces[0].bytes, 700);
        assert_eq!(manifest.pre_commit1.unwrap().layers.len(), 2);
        assert!(matches!(
            manifest.pre_commit2,
            Some(PreCommit2::Done { .. })
        ));
    }
}
