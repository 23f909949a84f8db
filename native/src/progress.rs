//! How far the running operation is. The library has no progress of its own, so stages come from
//! our own steps and from its log messages; whoever watches gets the latest state at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// Target of the log records that carry progress as JSON (in-process callers get it that way).
pub const TARGET: &str = "selkie::progress";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The operation, e.g. `preCommit1`.
    pub operation: String,
    /// The sector being worked on, e.g. `s-t01000-1`; empty when there is none.
    pub sector: String,
    /// `parents`, `treeD`, `layer`, `treeC`, `treeR`, `challenges`, `parameters`, `synthesis`, `proving` …
    pub stage: String,
    pub done: u64,
    pub total: u64,
    /// How much of the step after those is behind, in thousandths.
    #[serde(skip_serializing_if = "is_zero")]
    pub step: u64,
    /// What else there is to say, for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

fn is_zero(step: &u64) -> bool {
    *step == 0
}

struct State {
    version: u64,
    progress: Progress,
}

static STATE: Mutex<State> = Mutex::new(State {
    version: 0,
    progress: Progress {
        operation: String::new(),
        sector: String::new(),
        stage: String::new(),
        done: 0,
        total: 0,
        step: 0,
        note: String::new(),
    },
});
static CHANGED: Condvar = Condvar::new();
/// The library's log names the layer it is at, not how many there are.
static LAYERS: AtomicU64 = AtomicU64::new(0);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins an operation.
pub fn begin(operation: &str) {
    update(|p| {
        *p = Progress {
            operation: operation.to_owned(),
            ..Progress::default()
        }
    });
}

/// Begins work on a sector within the operation.
pub fn sector(sector: impl ToString) {
    let sector = sector.to_string();
    update(|p| {
        *p = Progress {
            operation: std::mem::take(&mut p.operation),
            sector,
            ..Progress::default()
        }
    });
}

/// Says that `done` of `total` steps of `stage` are behind.
pub fn stage(stage: &str, done: u64, total: u64) {
    step(stage, done, total, 0.0);
}

/// The same, with the part of the next step that is behind too.
pub fn step(stage: &str, done: u64, total: u64, part: f64) {
    update(|p| {
        p.stage = stage.to_owned();
        p.done = done;
        p.total = total;
        p.step = (part * 1000.0) as u64;
    });
}

/// Says what else there is to say.
pub fn note(note: &str) {
    update(|p| p.note = note.to_owned());
}

/// Says how many layers the library is about to label.
pub fn expect_layers(layers: u64) {
    LAYERS.store(layers, Ordering::Relaxed);
}

fn update(change: impl FnOnce(&mut Progress)) {
    let (before, after) = {
        let mut state = state();
        let before = state.progress.clone();
        change(&mut state.progress);
        if state.progress != before {
            state.version += 1;
            CHANGED.notify_all();
        }
        (before, state.progress.clone())
    };
    if after != before {
        if let Ok(json) = serde_json::to_string(&after) {
            log::info!(target: TARGET, "{json}");
        }
    }
}

/// The state, once it is newer than `seen` or the time is up.
pub fn wait_newer(seen: u64, limit: Duration) -> (u64, Progress) {
    let state = state();
    let (state, _) = CHANGED
        .wait_timeout_while(state, limit, |s| s.version <= seen)
        .unwrap_or_else(PoisonError::into_inner);
    (state.version, state.progress.clone())
}

/// Reads progress off a log message of the proofs library (19.1.0).
pub fn from_log(target: &str, message: &str) {
    if let Some(layer) = message.strip_prefix("generating layer: ") {
        layer_begins(layer.trim());
    } else if let Some(tree) = message.strip_prefix("building base tree_c ") {
        tree_step("treeC", tree);
    } else if let Some(tree) = message.strip_prefix("building base tree_r_last with ") {
        tree_step("treeR", tree.split_once(' ').map_or(tree, |(_, rest)| rest));
    } else if message.starts_with("trying parameters memory cache") {
        stage("parameters", 0, 1);
    } else if target.starts_with("bellperson") {
        // Per cent of the proving time at which each step begins, measured at 2 KiB.
        let begins = match message {
            m if m.contains("is being used!") => return stage("synthesis", 0, 1),
            "starting proof timer" => 0,
            "multiexp h" => 15,
            "multiexp l" => 25,
            "multiexp a b_g1" => 85,
            "multiexp b_g2" => 95,
            _ => return,
        };
        stage("proving", begins, 100);
    }
}

fn layer_begins(layer: &str) {
    if let Ok(layer) = layer.parse::<u64>() {
        stage(
            "layer",
            layer.saturating_sub(1),
            LAYERS.load(Ordering::Relaxed).max(layer),
        );
    }
}

fn tree_step(name: &str, step: &str) {
    if let Some((i, n)) = step.split_once('/') {
        if let (Ok(i), Ok(n)) = (i.trim().parse::<u64>(), n.trim().parse()) {
            stage(name, i - 1, n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_read_off_the_librarys_log() {
        begin("preCommit1");
        expect_layers(11);
        from_log("storage_proofs_porep::stacked", "generating layer: 3");
        let (seen, now) = wait_newer(0, Duration::ZERO);
        assert_eq!((now.stage.as_str(), now.done, now.total), ("layer", 2, 11));
        from_log("x", "building base tree_r_last with CPU 2/8");
        let (_, now) = wait_newer(seen, Duration::ZERO);
        assert_eq!((now.stage.as_str(), now.done, now.total), ("treeR", 1, 8));
    }
}
