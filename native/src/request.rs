//! The requests. All sizes are bytes; which ones are padded stands at each field.

use std::path::PathBuf;

use serde::Deserialize;

use crate::wire::{Base64, Files, Hex32, Miner, Piece, PostType, SealType, Sector, UpdateType};

/// A request with the version of its language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    pub abi: u32,
    pub call: Request,
}

/// What can be asked for. Operations on sectors take a list (1..n) and answer with one outcome per
/// sector, in order, so that one bad sector does not fail the others.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase")]
pub enum Request {
    About,
    PieceCommitment(PieceCommitment),
    DataCommitment(DataCommitment),
    AddPiece(Sectors<AddPiece>),
    PreCommit1(Sectors<PreCommit1>),
    PreCommit2(Sectors<PreCommit2>),
    Commit1(Sectors<Commit1>),
    Commit2(Sectors<Commit2>),
    VerifySeal(VerifySeal),
    Unseal(Sectors<Unseal>),
    ClearCache(Sectors<ClearCache>),
    WinningSectors(WinningSectors),
    VanillaPost(VanillaPost),
    ProvePost(ProvePost),
    VerifyPost(VerifyPost),
    UpdateEncode(Sectors<UpdateEncode>),
    UpdateVanilla(Sectors<UpdateVanilla>),
    UpdateProve(Sectors<UpdateProve>),
    VerifyUpdate(VerifyUpdate),
    UpdateDecode(Sectors<UpdateDecode>),
    Aggregate(Aggregate),
    VerifyAggregate(VerifyAggregate),
    GenerateParameters(GenerateParameters),
    ParameterFiles(ParameterFiles),
    Digest(Digest),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sectors<T> {
    pub sectors: Vec<T>,
}

/// Where the bytes of a piece come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// Absent: zeros.
    pub path: Option<PathBuf>,
    /// Unpadded bytes to take; the rest of the piece is zeros. Absent: the whole piece.
    pub bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PieceCommitment {
    pub proof_type: SealType,
    pub source: Source,
    /// Padded.
    pub size: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataCommitment {
    pub proof_type: SealType,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPiece {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    /// Padded sizes of the pieces already in the sector.
    pub existing: Vec<u64>,
    /// Padded size of the new piece.
    pub size: u64,
    pub source: Source,
    pub name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreCommit1 {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    pub ticket: Hex32,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreCommit2 {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    pub ticket: Hex32,
    pub pieces: Vec<Piece>,
    /// As PreCommit1 gave it, or as Lotus hands it over.
    pub phase1_output: Base64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commit1 {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    pub ticket: Hex32,
    pub seed: Hex32,
    pub pieces: Vec<Piece>,
    pub comm_r: Hex32,
    pub comm_d: Hex32,
    /// Where the output goes: 100 KB at 2 KiB, up to 45 MB at 32 GiB.
    pub output: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commit2 {
    pub sector: Sector,
    pub proof_type: SealType,
    /// The file that Commit1 wrote.
    pub phase1_output: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifySeal {
    pub sector: Sector,
    pub proof_type: SealType,
    pub comm_r: Hex32,
    pub comm_d: Hex32,
    pub ticket: Hex32,
    pub seed: Hex32,
    pub proof: Base64,
}

/// How the bytes of an unsealed sector are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// As they were added.
    Unpadded,
    /// With Fr32 padding, as in Lotus's `unsealed` files.
    Padded,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unseal {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    pub ticket: Hex32,
    pub comm_d: Hex32,
    /// Unpadded.
    pub offset: u64,
    /// Unpadded.
    pub length: u64,
    pub form: Form,
    pub output: PathBuf,
    /// An existing directory for layers and trees, emptied afterwards.
    pub scratch: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearCache {
    pub sector: Sector,
    pub proof_type: SealType,
    pub files: Files,
    /// Synthetic PoRep: layers and trees go after PreCommit2, the proofs after Commit1.
    #[serde(default)]
    pub keep_synthetic_proofs: bool,
}

/// A sector whose replica is here.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replica {
    pub number: u64,
    pub comm_r: Hex32,
    pub sealed: PathBuf,
    pub cache: PathBuf,
}

/// A sector as the chain knows it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicReplica {
    pub number: u64,
    pub comm_r: Hex32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WinningSectors {
    pub post_type: PostType,
    pub randomness: Hex32,
    pub miner: Miner,
    /// Size of the set to choose from.
    pub eligible: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VanillaPost {
    pub post_type: PostType,
    pub randomness: Hex32,
    pub miner: Miner,
    pub replicas: Vec<Replica>,
    /// The challenges of each replica, as a Lotus miner gives them; absent: drawn here.
    pub challenges: Option<Vec<Vec<u64>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvePost {
    pub post_type: PostType,
    pub randomness: Hex32,
    pub miner: Miner,
    /// One per sector, in the order of sector numbers.
    pub vanilla: Vec<Base64>,
    /// Only this partition of a window PoSt; absent: all.
    pub partition: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyPost {
    pub post_type: PostType,
    pub randomness: Hex32,
    pub miner: Miner,
    pub replicas: Vec<PublicReplica>,
    pub proof: Base64,
}

/// Files of a SnapDeals update: the sealed sector that is the key, and the updated replica.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateFiles {
    pub key: PathBuf,
    pub key_cache: PathBuf,
    pub update: PathBuf,
    pub update_cache: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateEncode {
    pub sector: Sector,
    pub update_type: UpdateType,
    pub files: UpdateFiles,
    /// Padded data, as AddPiece wrote it.
    pub unsealed: PathBuf,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateVanilla {
    pub sector: Sector,
    pub update_type: UpdateType,
    pub files: UpdateFiles,
    pub comm_r_old: Hex32,
    pub comm_r_new: Hex32,
    pub comm_d_new: Hex32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateProve {
    pub sector: Sector,
    pub update_type: UpdateType,
    pub comm_r_old: Hex32,
    pub comm_r_new: Hex32,
    pub comm_d_new: Hex32,
    pub vanilla: Vec<Base64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyUpdate {
    pub update_type: UpdateType,
    pub comm_r_old: Hex32,
    pub comm_r_new: Hex32,
    pub comm_d_new: Hex32,
    pub proof: Base64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDecode {
    pub sector: Sector,
    pub update_type: UpdateType,
    pub files: UpdateFiles,
    pub comm_d_new: Hex32,
    /// Gets the padded data.
    pub output: PathBuf,
}

/// A proved sector, one input of an aggregate.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proved {
    pub sector: Sector,
    pub comm_r: Hex32,
    pub comm_d: Hex32,
    pub ticket: Hex32,
    pub seed: Hex32,
    /// Needed to aggregate, not to verify.
    pub proof: Option<Base64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Aggregate {
    pub proof_type: SealType,
    /// 0 SnarkPackV1, 1 SnarkPackV2 (`abi.RegisteredAggregationProof`).
    pub aggregation_type: u8,
    pub proved: Vec<Proved>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyAggregate {
    pub proof_type: SealType,
    pub aggregation_type: u8,
    pub proved: Vec<Proved>,
    pub proof: Base64,
}

/// A set of Groth parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterSet {
    Porep,
    WindowPost,
    WinningPost,
    Update,
    Srs,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenerateParameters {
    /// Padded.
    pub sector_bytes: u64,
    pub sets: Vec<ParameterSet>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ParameterFiles {
    /// Padded.
    pub sector_bytes: u64,
    pub set: ParameterSet,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digest {
    pub path: PathBuf,
}
