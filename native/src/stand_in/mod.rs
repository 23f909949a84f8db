//! Seals without proofs, for tests of everything around the proofs: `selkie-prover --stand-in`.
//!
//! Same job directory, locks, history, requests and replies as the real prover. Pieces are handled
//! for real, so commP and commD are the true ones, here as in the node. Labels, replicas and proofs
//! are made by hashing the request: fast, the same at every repetition, worthless, and marked
//! ([`marks`]). It holds at fail points ([`points`]),
//! and takes as long as it is told ([`times`]). Refused unless the environment says that
//! proofs may be stood in for, which a node does by `selkie.test.stand-in-proofs = on` only.

pub mod marks;
pub mod points;
mod seal;
pub mod times;

use anyhow::Result;
use serde_json::{json, Value};

use points::Points;
use times::Times;

use crate::call;
use crate::failure::{tagged, Kind};
use crate::ops::{self, each};
use crate::request::Request;

/// The variable without which there is no stand-in; its value has to be `on`.
pub const ALLOWED: &str = "SELKIE_TEST_STAND_IN_PROOFS";

/// What tests ask of a stand-in prover.
pub struct StandIn {
    /// Where it holds.
    pub points: Points,
    /// How long it takes.
    pub times: Times,
}

impl StandIn {
    pub fn from_environment() -> Result<StandIn> {
        Ok(StandIn {
            points: Points::from_environment()?,
            times: Times::from_environment()?,
        })
    }
}

/// The phase that a request belongs to, by the name that `docs/sector-states.md` has for it.
fn phase(request: &Value) -> Option<&'static str> {
    Some(match request["call"]["op"].as_str()? {
        "addPiece" => "AddPiece",
        "preCommit1" => "PreCommit1",
        "preCommit2" => "PreCommit2",
        "commit1" => "Commit1",
        "commit2" => "Commit2",
        "clearCache" => "Finalize",
        "unseal" => "Unseal",
        _ => return None,
    })
}

/// True if the environment allows proofs to be stood in for.
pub fn allowed() -> bool {
    std::env::var(ALLOWED).is_ok_and(|value| value == "on")
}

/// Answers a request without proofs; otherwise as [`call::call`].
pub fn call(request: &[u8]) -> Vec<u8> {
    call::answer(request, run)
}

fn run(request: Request) -> Result<Value> {
    use Request::*;
    match request {
        About => {
            let mut about = ops::run(About)?;
            about["standIn"] = json!(true);
            Ok(about)
        }
        PreCommit1(r) => each("preCommit1", r, |r| &r.sector, seal::pre_commit1),
        PreCommit2(r) => each("preCommit2", r, |r| &r.sector, seal::pre_commit2),
        Commit1(r) => each("commit1", r, |r| &r.sector, seal::commit1),
        Commit2(r) => each("commit2", r, |r| &r.sector, seal::commit2),
        VerifySeal(r) => Ok(seal::verify(&r)),
        Unseal(r) => each("unseal", r, |r| &r.sector, seal::unseal),
        // These prove nothing.
        PieceCommitment(_) | DataCommitment(_) | AddPiece(_) | ClearCache(_) | Digest(_) => {
            ops::run(request)
        }
        _ => Err(tagged(
            Kind::BadRequest,
            "the stand-in prover seals sectors and does nothing else",
        )),
    }
}
