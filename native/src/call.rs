//! One call: JSON request in, JSON reply out, whatever happens between.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use serde_json::{json, Value};

use crate::failure::{Failure, Kind};
use crate::ops;
use crate::request::{Envelope, Request};

/// Version of the request and reply language, of the C functions, and of the job file.
pub const ABI_VERSION: u32 = 1;

/// A panic in a lazily initialised setting of the library poisons every later call.
static RETIRED: AtomicBool = AtomicBool::new(false);
/// Place and text of the last panic on any thread: the library works on a thread pool.
static LAST_PANIC: Mutex<Option<(String, String)>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Answers a request. Never panics, never returns anything but a JSON object.
pub fn call(request: &[u8]) -> Vec<u8> {
    answer(request, ops::run)
}

/// The same with the operations of somebody else.
pub fn answer(request: &[u8], run: impl FnOnce(Request) -> anyhow::Result<Value>) -> Vec<u8> {
    let reply = match parse(request) {
        Ok(envelope) => reply(guarded(|| run(envelope.call))),
        Err(failure) => reply(Err(failure)),
    };
    reply.to_string().into_bytes()
}

fn parse(request: &[u8]) -> Result<Envelope, Failure> {
    let envelope: Envelope = serde_json::from_slice(request)
        .map_err(|e| Failure::new(Kind::BadRequest, format!("not a request: {e}")))?;
    if envelope.abi != ABI_VERSION {
        return Err(Failure::new(
            Kind::BadRequest,
            format!(
                "the request has ABI version {}, this library {ABI_VERSION}",
                envelope.abi
            ),
        ));
    }
    Ok(envelope)
}

fn reply(outcome: Result<Value, Failure>) -> Value {
    match outcome {
        Ok(result) => json!({"ok": true, "result": result}),
        Err(failure) => failed(&failure),
    }
}

/// The reply of a failure.
pub fn failed(failure: &Failure) -> Value {
    let mut reply = serde_json::to_value(failure)
        .unwrap_or_else(|e| json!({"kind": "error", "message": e.to_string()}));
    reply["ok"] = Value::Bool(false);
    reply
}

/// Runs `work`, turning errors and panics into failures. After a panic every later call of this
/// process is refused.
pub fn guarded(work: impl FnOnce() -> anyhow::Result<Value>) -> Result<Value, Failure> {
    if RETIRED.load(Ordering::Acquire) {
        return Err(Failure::new(
            Kind::Retired,
            "the proofs library panicked earlier in this process: start a new one",
        ));
    }
    HOOK.call_once(install_hook);
    last_panic().take();
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|e| Failure::of(&e)),
        Err(payload) => {
            RETIRED.store(true, Ordering::Release);
            let (text, place) = last_panic().take().unzip();
            let text = text.unwrap_or_else(|| payload_text(payload.as_ref()));
            let mut failure =
                Failure::new(Kind::Panic, format!("the proofs library panicked: {text}"));
            failure.place = place;
            Err(failure)
        }
    }
}

fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "unknown place".to_owned(),
            |l| format!("{}:{}", l.file(), l.line()),
        );
        let text = payload_text(info.payload());
        log::error!("panic at {place}: {text}");
        *last_panic() = Some((text, place));
    }));
}

fn last_panic() -> std::sync::MutexGuard<'static, Option<(String, String)>> {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner)
}

fn payload_text(payload: &(dyn std::any::Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "no text".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call_text(request: &str) -> Value {
        serde_json::from_slice(&call(request.as_bytes())).unwrap()
    }

    #[test]
    fn what_is_no_request_is_a_bad_request() {
        for request in [
            "",
            "{",
            "[]",
            r#"{"abi":1}"#,
            r#"{"abi":1,"call":{"op":"x"}}"#,
            "\u{0}",
        ] {
            assert_eq!(call_text(request)["kind"], "bad_request", "{request}");
        }
        let other = call_text(r#"{"abi":99,"call":{"op":"about"}}"#);
        assert!(other["message"]
            .as_str()
            .unwrap()
            .contains("ABI version 99"));
    }
}
