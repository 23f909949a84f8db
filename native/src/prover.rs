//! One job in a process of its own. The job directory is the whole interface:
//!
//! | file          | written by | what |
//! |---------------|------------|------|
//! | `job.json`    | the node   | the request and how to run it ([`Job`]) |
//! | `prover.json` | the prover | who runs it: boot id, pid, start time ([`Identity`]) |
//! | `result.json` | the prover | the reply, written once, whole |
//! | `log`         | the prover | its standard error |
//!
//! What remains when the directory is gone are two lines in the [`history`], if the job names one.
//!
//! The prover outlives the node: it is its own session, holds no pipe, and answers in a file. It
//! ends by itself when its job directory is gone, which is how a job is called off for good.
//!
//! A prover may be started ahead of its job ([`run_idle`]), in a directory that becomes the job's.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};
use filecoin_hashers::{POSEIDON_CONSTANTS_11, POSEIDON_CONSTANTS_2, POSEIDON_CONSTANTS_8};
use log::{info, warn};
use selkie_labels::affinity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call;
use crate::guard::files::{self, Lock};
use crate::history;
use crate::logging;
use crate::progress;
use crate::stand_in;
use crate::stand_in::points::Place;
use crate::stand_in::StandIn;

/// Version of the job directory.
pub const JOB_VERSION: u32 = 1;

/// Exit statuses. Whether the operation succeeded stands in `result.json`.
pub mod exit {
    /// `result.json` is written.
    pub const ANSWERED: i32 = 0;
    /// The job directory or `job.json` cannot be used.
    pub const NO_JOB: i32 = 2;
    /// Another prover runs this job, or it was answered before.
    pub const TAKEN: i32 = 3;
    /// The job directory disappeared, or the parent it was bound to ended.
    pub const CALLED_OFF: i32 = 4;
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Job {
    job: u32,
    request: Value,
    /// Unix socket for progress: at most 107 bytes, the limit of the kernel.
    socket: Option<PathBuf>,
    /// The process that started us, if we are to end with it: a one-shot command, not a node.
    bound_to_parent: Option<i32>,
    /// A file outside the job directory that gets a line when the work begins and one when the
    /// result is there, for good.
    history: Option<PathBuf>,
    /// Niceness to run with, 0 to 19.
    #[serde(default)]
    nice: i32,
    /// Numbers of the processors to run on; none: wherever the node may run.
    #[serde(default)]
    cpus: Vec<usize>,
}

/// A process, beyond the reuse of process ids.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    boot_id: String,
    pid: u32,
    /// Clock ticks after boot (`/proc/self/stat`, field 22).
    start_time: u64,
}

/// Runs the job in `directory` and returns the exit status; without proofs if `stand_in` says so.
pub fn run(directory: &Path, stand_in: Option<&StandIn>) -> i32 {
    status(enter(directory).and_then(|()| work(stand_in)))
}

/// Gets ready and waits until a line comes from standard input: by then the directory has its name
/// and its job, which is run. The line is a JSON object of environment variables for the job, such
/// as the device to prove on. Standard input that ends without it means that the node has ended, and
/// so does the prover.
pub fn run_idle(directory: &Path, stand_in: Option<&StandIn>) -> i32 {
    status(enter(directory).and_then(|()| {
        if stand_in.is_none() {
            make_hash_constants();
        }
        let Some(environment) = told_to_begin(&mut io::stdin().lock())? else {
            return Ok(exit::CALLED_OFF);
        };
        // There is one thread yet, and no part of the library has read its settings.
        environment
            .iter()
            .for_each(|(name, value)| std::env::set_var(name, value));
        leave_standard_input()?;
        work(stand_in)
    }))
}

fn status(end: Result<i32>) -> i32 {
    end.unwrap_or_else(|e| {
        eprintln!("selkie-prover: {e:#}");
        exit::NO_JOB
    })
}

/// The library reads its configuration from the current directory: ours has none.
fn enter(directory: &Path) -> Result<()> {
    std::env::set_current_dir(directory)
        .with_context(|| format!("cannot enter {}", directory.display()))
}

/// Each process makes them anew, for the columns, the bases and the tops of the trees: 30 ms.
fn make_hash_constants() {
    let _ = (
        &*POSEIDON_CONSTANTS_2,
        &*POSEIDON_CONSTANTS_8,
        &*POSEIDON_CONSTANTS_11,
    );
}

/// The environment of the job; none if the node ended before it had one.
fn told_to_begin(input: &mut impl BufRead) -> Result<Option<BTreeMap<String, String>>> {
    let mut line = Vec::new();
    input
        .read_until(b'\n', &mut line)
        .context("cannot read from the node")?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    serde_json::from_slice(&line)
        .map(Some)
        .context("what the node says is no environment")
}

/// The pipe to the node goes, as for every other prover.
fn leave_standard_input() -> Result<()> {
    let nothing = File::open("/dev/null").context("cannot open /dev/null")?;
    // SAFETY: both descriptors are open, and nobody reads standard input at the same time.
    let moved = unsafe { libc::dup2(nothing.as_raw_fd(), libc::STDIN_FILENO) };
    ensure!(
        moved >= 0,
        "cannot leave standard input: {}",
        io::Error::last_os_error()
    );
    Ok(())
}

/// Runs the job in the current directory.
fn work(stand_in: Option<&StandIn>) -> Result<i32> {
    let directory = std::env::current_dir()?;
    let Some(_lock) = Lock::take(&directory.join("lock"))? else {
        return Ok(exit::TAKEN);
    };
    if directory.join("result.json").exists() {
        return Ok(exit::TAKEN);
    }
    let text = fs::read(directory.join("job.json")).context("cannot read job.json")?;
    let job: Job = serde_json::from_slice(&text).context("job.json is not a job")?;
    ensure!(
        job.job == JOB_VERSION,
        "job.json has version {}, this prover knows {JOB_VERSION}",
        job.job
    );
    // SAFETY: plain system calls on this process. setsid fails only for a group leader, which
    // then has its own group already.
    unsafe {
        libc::setsid();
        libc::setpriority(libc::PRIO_PROCESS, 0, job.nice.clamp(0, 19));
    }
    logging::to_standard_error();
    // Before there is a second thread: each inherits it, and the library counts its threads by it.
    if let Err(e) = affinity::run_on(&job.cpus) {
        warn!(
            "cannot keep to processors {:?}, running on any: {e}",
            job.cpus
        );
    }
    // Whole at any moment; no disk is waited for, since no process outlives its host.
    files::replace_unsynced(
        &directory.join("prover.json"),
        &serde_json::to_vec(&identity()?)?,
    )?;
    watch(directory.clone(), job.bound_to_parent);
    if let Some(path) = &job.socket {
        // Progress is a comfort: the work does not wait for it.
        if let Err(e) = serve_progress(path) {
            warn!("no progress: {e:#}");
        }
    }

    note(&job, &directory, "started");
    info!("job begins");
    let hold = |place| stand_in.map_or(Ok(()), |it| it.points.hit(place, &job.request));
    hold(Place::BeforeWork)?;
    let request = serde_json::to_vec(&job.request)?;
    let reply = match stand_in {
        None => call::call(&request),
        Some(it) => {
            let start = Instant::now();
            let reply = stand_in::call(&request);
            it.times.fill(&job.request, start);
            reply
        }
    };
    hold(Place::AfterWork)?;
    files::replace(&directory.join("result.json"), &reply)?;
    note(&job, &directory, "completed");
    hold(Place::AfterResult)?;
    info!("job ends");
    if let Some(path) = &job.socket {
        if let Err(e) = files::remove_if_there(path) {
            warn!("{e:#}");
        }
    }
    Ok(exit::ANSWERED)
}

/// The work does not depend on its history.
fn note(job: &Job, directory: &Path, what: &str) {
    let Some(path) = &job.history else { return };
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    if let Err(e) = history::note(path, &name, what) {
        warn!("cannot note in {} that the job {what}: {e}", path.display());
    }
}

fn identity() -> Result<Identity> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold anything; fields count from behind it.
    let start_time = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().nth(19))
        .and_then(|field| field.parse().ok())
        .context("cannot read the start time from /proc/self/stat")?;
    Ok(Identity {
        boot_id: fs::read_to_string("/proc/sys/kernel/random/boot_id")?
            .trim()
            .to_owned(),
        pid: std::process::id(),
        start_time,
    })
}

/// Ends the process when nobody can want its answer any more.
fn watch(directory: PathBuf, parent: Option<i32>) {
    thread::spawn(move || loop {
        // SAFETY: a system call without arguments.
        let orphaned = parent.is_some_and(|parent| unsafe { libc::getppid() } != parent);
        if orphaned || !directory.join("job.json").exists() {
            // SAFETY: ends the process at once; files are replaced by rename, never half written.
            unsafe { libc::_exit(exit::CALLED_OFF) };
        }
        thread::sleep(Duration::from_millis(250));
    });
}

/// Tells everyone who connects the state of the job, and each change after it, as JSON lines.
fn serve_progress(path: &Path) -> Result<()> {
    files::remove_if_there(path)?;
    let listener =
        UnixListener::bind(path).with_context(|| format!("cannot listen on {}", path.display()))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || tell(stream));
        }
    });
    Ok(())
}

fn tell(mut stream: UnixStream) {
    let mut seen = 0;
    loop {
        let (version, now) = progress::wait_newer(seen, Duration::from_secs(60));
        if version == seen {
            continue;
        }
        seen = version;
        let Ok(mut line) = serde_json::to_vec(&now) else {
            return;
        };
        line.push(b'\n');
        if stream.write_all(&line).is_err() {
            return; // the listener went away
        }
        // A bound on the traffic of a fast series of steps.
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prover_begins_at_the_first_line_and_ends_with_its_node() {
        let told = told_to_begin(&mut &b"{\"CUDA_VISIBLE_DEVICES\":\"GPU-1\"}\n"[..]).unwrap();
        assert_eq!(told.unwrap()["CUDA_VISIBLE_DEVICES"], "GPU-1");
        assert_eq!(told_to_begin(&mut io::empty()).unwrap(), None);
        assert_eq!(told_to_begin(&mut &b"{\"CUDA"[..]).unwrap(), None);
    }

    #[test]
    fn the_identity_is_that_of_the_process_table() {
        let identity = identity().unwrap();
        assert_eq!(identity.pid, std::process::id());
        assert!(identity.start_time > 0);
        assert_eq!(identity.boot_id.len(), 36);
    }
}
