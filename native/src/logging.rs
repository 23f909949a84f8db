//! One logger for the process: the library's log goes to the node (callback) or to standard error
//! (prover), filtered like `RUST_LOG`; progress is read off it on the way.

use std::ffi::CString;
use std::io::Write;
use std::os::raw::{c_char, c_void};
use std::sync::{OnceLock, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use env_filter::Filter;
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::progress;

/// Receives level (1 error … 5 trace), target and message, both NUL-terminated UTF-8 that is
/// valid during the call only, and the pointer given at registration.
pub type Callback = extern "C" fn(i32, *const c_char, *const c_char, *mut c_void);

enum Sink {
    None,
    StandardError,
    Callback { call: Callback, user: usize },
}

struct Logger {
    filter: RwLock<Option<Filter>>,
    sink: RwLock<Sink>,
}

static LOGGER: OnceLock<Logger> = OnceLock::new();

fn logger() -> &'static Logger {
    LOGGER.get_or_init(|| Logger {
        filter: RwLock::new(None),
        sink: RwLock::new(Sink::None),
    })
}

/// Sends log lines to standard error, chosen by `RUST_LOG` (default `info`).
pub fn to_standard_error() {
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    install(Sink::StandardError, &filter);
}

/// Sends log records of this level (1 error … 5 trace, 0 none) and above to a callback.
pub fn to_callback(level: i32, call: Callback, user: *mut c_void) {
    let level = match level {
        i32::MIN..=0 => "off",
        1 => "error",
        2 => "warn",
        3 => "info",
        4 => "debug",
        _ => "trace",
    };
    install(
        Sink::Callback {
            call,
            user: user as usize,
        },
        level,
    );
}

fn install(sink: Sink, filter: &str) {
    let logger = logger();
    let filter = env_filter::Builder::new().parse(filter).build();
    // Progress needs the steps of the prover, which bellperson logs at debug.
    let level = filter.filter().max(LevelFilter::Debug);
    if let (Ok(mut f), Ok(mut s)) = (logger.filter.write(), logger.sink.write()) {
        *f = Some(filter);
        *s = sink;
    }
    // A second call finds the logger set already, which is what we want.
    let _ = log::set_logger(logger);
    log::set_max_level(level);
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Debug || self.wants(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        let message = record.args().to_string();
        let is_progress = record.target() == progress::TARGET;
        if !is_progress {
            progress::from_log(record.target(), &message);
            if !self.wants(record.metadata()) {
                return;
            }
        }
        let Ok(sink) = self.sink.read() else { return };
        match &*sink {
            Sink::StandardError if !is_progress => {
                let line = format!(
                    "{} {} {} {message}\n",
                    utc_seconds(),
                    record.level(),
                    record.target()
                );
                // Standard error is a file of the job; when it is full there is nobody to tell.
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
            Sink::Callback { call, user } => {
                let target = CString::new(record.target()).unwrap_or_default();
                let text = CString::new(message.replace('\0', " ")).unwrap_or_default();
                call(
                    record.level() as i32,
                    target.as_ptr(),
                    text.as_ptr(),
                    *user as *mut c_void,
                );
            }
            _ => {}
        }
    }

    fn flush(&self) {}
}

impl Logger {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let Ok(filter) = self.filter.read() else {
            return false;
        };
        filter.as_ref().is_some_and(|f| f.enabled(metadata))
    }
}

/// Seconds since 1970 with milliseconds: enough to order lines and to compute durations.
fn utc_seconds() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{}.{:03}", now.as_secs(), now.subsec_millis())
}
