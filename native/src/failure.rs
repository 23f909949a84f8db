//! What a reply says when an operation did not succeed.

use filecoin_proofs_api::StorageProofsError;
use serde::Serialize;

/// Kinds of failure; the caller decides by these, never by the words of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The operation failed.
    Error,
    /// The proofs library panicked; this process takes no further calls.
    Panic,
    /// The request itself is wrong.
    BadRequest,
    /// A file or directory that the operation needs is not there or cannot be used.
    Missing,
    /// Another process works on the sector.
    Busy,
    /// Not enough free space for all that the operation writes.
    NoSpace,
    /// The replica cannot be rebuilt from what is here: PreCommit1 has to be done again.
    RedoPreCommit1,
    /// An earlier panic poisoned this process.
    Retired,
}

/// The failure of a request or of one sector in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub kind: Kind,
    pub message: String,
    /// The causes, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// File and line of a panic.
    #[serde(skip_serializing_if = "Option::is_none", rename = "where")]
    pub place: Option<String>,
    /// Sector numbers that a PoSt could not prove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faulty_sectors: Vec<u64>,
}

impl Failure {
    pub fn new(kind: Kind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            chain: Vec::new(),
            place: None,
            faulty_sectors: Vec::new(),
        }
    }

    pub fn of(error: &anyhow::Error) -> Failure {
        if let Some(tagged) = error.downcast_ref::<Tagged>() {
            return Failure::new(tagged.0, tagged.1.clone());
        }
        let chain: Vec<String> = error.chain().map(|cause| cause.to_string()).collect();
        let mut failure = Failure::new(Kind::Error, error.to_string());
        if chain.len() > 1 {
            failure.chain = chain;
        }
        let faulty = error.chain().find_map(|cause| match cause.downcast_ref() {
            Some(StorageProofsError::FaultySectors(ids)) => Some(ids),
            _ => None,
        });
        if let Some(ids) = faulty {
            failure.faulty_sectors = ids.iter().map(|id| u64::from(*id)).collect();
        }
        failure
    }
}

/// An error that carries its kind.
#[derive(Debug)]
struct Tagged(Kind, String);

impl std::fmt::Display for Tagged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Tagged {}

/// An error of this kind, for `return Err(...)`.
pub fn tagged(kind: Kind, message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Tagged(kind, message.into()))
}
