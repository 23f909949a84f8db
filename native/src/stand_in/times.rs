//! How long a stand-in prover takes for a phase, so that a farm's flow can be tried without its work.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::phase;

/// The least times in milliseconds, such as `PreCommit1=18000,Commit2=900`.
pub const TIMES: &str = "SELKIE_TEST_PHASE_TIMES";

/// The least time of each phase; none for those that are not there.
#[derive(Default)]
pub struct Times(BTreeMap<String, Duration>);

impl Times {
    pub fn from_environment() -> Result<Times> {
        Times::parse(&std::env::var(TIMES).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Times> {
        let parts = text.split(',').map(str::trim).filter(|s| !s.is_empty());
        let times = parts.map(|part| {
            let (phase, time) = part
                .split_once('=')
                .with_context(|| format!("{TIMES}: {part} is not PHASE=MILLISECONDS"))?;
            let time = time
                .parse()
                .with_context(|| format!("{TIMES}: {part} is not PHASE=MILLISECONDS"))?;
            Ok((phase.to_owned(), Duration::from_millis(time)))
        });
        Ok(Times(times.collect::<Result<_>>()?))
    }

    /// Waits for what is left of the time of the request's phase, which began at `start`.
    pub fn fill(&self, request: &Value, start: Instant) {
        let least = phase(request).and_then(|phase| self.0.get(phase));
        if let Some(left) = least.and_then(|least| least.checked_sub(start.elapsed())) {
            thread::sleep(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_phase_takes_its_time_and_others_none() {
        let times = Times::parse("PreCommit1=120, Commit2=600000").unwrap();
        let start = Instant::now();
        times.fill(&json!({"call": {"op": "preCommit2"}}), start);
        assert!(start.elapsed() < Duration::from_millis(120));
        times.fill(&json!({"call": {"op": "preCommit1"}}), start);
        assert!(start.elapsed() >= Duration::from_millis(120));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in ["PreCommit1", "PreCommit1=soon", "PreCommit1=-1"] {
            assert!(Times::parse(wrong).is_err(), "{wrong}");
        }
    }
}
