//! The operations, by subject.

pub mod about;
pub mod aggregate;
pub mod commit;
mod company;
pub mod labelling;
pub mod params;
pub mod pieces;
pub mod post;
pub mod pre_commit;
pub mod unseal;
pub mod update;

use std::path::Path;

use anyhow::Result;
use log::warn;
use serde_json::{json, Value};

use crate::call::failed;
use crate::failure::{tagged, Failure, Kind};
use crate::guard::files;
use crate::progress;
use crate::request::{Request, Sectors};

/// Runs a request.
pub fn run(request: Request) -> Result<Value> {
    refuse_stray_configuration()?;
    use Request::*;
    match request {
        About => about::about(),
        PieceCommitment(r) => pieces::commitment(&r),
        DataCommitment(r) => pieces::data_commitment(&r),
        AddPiece(r) => each("addPiece", r, |r| &r.sector, pieces::add),
        PreCommit1(r) => each("preCommit1", r, |r| &r.sector, pre_commit::phase1),
        PreCommit2(r) => each("preCommit2", r, |r| &r.sector, pre_commit::phase2),
        Commit1(r) => each("commit1", r, |r| &r.sector, commit::phase1),
        Commit2(r) => each("commit2", r, |r| &r.sector, commit::phase2),
        VerifySeal(r) => commit::verify(&r),
        Unseal(r) => each("unseal", r, |r| &r.sector, unseal::unseal),
        ClearCache(r) => each("clearCache", r, |r| &r.sector, pre_commit::clear_cache),
        WinningSectors(r) => post::winning_sectors(&r),
        VanillaPost(r) => post::vanilla(&r),
        ProvePost(r) => post::prove(&r),
        VerifyPost(r) => post::verify(&r),
        UpdateEncode(r) => each("updateEncode", r, |r| &r.sector, update::encode),
        UpdateVanilla(r) => each("updateVanilla", r, |r| &r.sector, update::vanilla),
        UpdateProve(r) => each("updateProve", r, |r| &r.sector, update::prove),
        VerifyUpdate(r) => update::verify(&r),
        UpdateDecode(r) => each("updateDecode", r, |r| &r.sector, update::decode),
        Aggregate(r) => aggregate::aggregate(&r),
        VerifyAggregate(r) => aggregate::verify(&r),
        GenerateParameters(r) => params::generate(&r),
        ParameterFiles(r) => params::files(&r),
        Digest(r) => {
            let (digest, bytes) = files::digest(&r.path)?;
            Ok(json!({"digest": digest, "bytes": bytes}))
        }
    }
}

/// One outcome per sector, in order.
pub fn each<T, S: ToString>(
    operation: &str,
    request: Sectors<T>,
    sector: impl Fn(&T) -> &S,
    work: impl Fn(&T) -> Result<Value>,
) -> Result<Value> {
    if request.sectors.is_empty() {
        return Err(tagged(
            Kind::BadRequest,
            format!("{operation} needs at least one sector"),
        ));
    }
    progress::begin(operation);
    let outcomes: Vec<Value> = request
        .sectors
        .iter()
        .map(|item| {
            progress::sector(sector(item).to_string());
            match work(item) {
                Ok(result) => json!({"ok": true, "result": result}),
                Err(e) => {
                    warn!("{operation} of {} failed: {e:#}", sector(item).to_string());
                    failed(&Failure::of(&e))
                }
            }
        })
        .collect();
    Ok(json!({ "sectors": outcomes }))
}

/// The library reads this file of the current directory as its configuration, whoever put it
/// there. The prover works in its job directory; a process with such a file gets no answer.
fn refuse_stray_configuration() -> Result<()> {
    let stray = Path::new("rust-fil-proofs.config.toml");
    if stray.exists() {
        let place = std::env::current_dir().unwrap_or_default();
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "{} would change the settings of the proofs library: move it away or start elsewhere",
                place.join(stray).display()
            ),
        ));
    }
    Ok(())
}
