//! What this build is and how it is set.

use anyhow::Result;
use serde_json::{json, Value};
use storage_proofs_core::settings::SETTINGS;

use crate::call::ABI_VERSION;

/// Version of the proofs library this crate pins in `Cargo.toml`.
const PROOFS_VERSION: &str = "19.1.0";

pub fn about() -> Result<Value> {
    let features: Vec<&str> = [
        ("opencl", cfg!(feature = "opencl")),
        ("cuda", cfg!(feature = "cuda")),
        ("multicore-sdr", cfg!(feature = "multicore-sdr")),
    ]
    .into_iter()
    .filter_map(|(name, on)| on.then_some(name))
    .collect();
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "abi": ABI_VERSION,
        "proofs": PROOFS_VERSION,
        "variant": variant(),
        "features": features,
        "threads": rayon::current_num_threads(),
        "settings": &*SETTINGS,
    }))
}

/// `sha` when built with the SHA extensions, which make labelling seven times faster.
pub fn variant() -> &'static str {
    if cfg!(target_feature = "sha") {
        "sha"
    } else {
        "generic"
    }
}
