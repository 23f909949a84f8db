//! What two provers say to each other, a message at a time.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{set_socket_timeout, Timeout};
use rustix::net::{
    accept_with, bind, connect, listen, recv, send, shutdown, socket_with, AddressFamily,
    RecvFlags, SendFlags, Shutdown, SocketAddrUnix, SocketFlags, SocketType,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::wire::Hex32;

/// More than any message has.
const MESSAGE_BYTES: usize = 16 << 10;
/// Sectors that may ask at one moment.
const BACKLOG: i32 = 64;

/// Of these messages: another one is refused.
pub const VERSION: u32 = 1;

/// Asks to be taken along.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Knock {
    pub version: u32,
    pub sector: String,
    pub sector_bytes: u64,
    /// The layer to make next, from its first node on.
    pub layer: u32,
    pub replica_id: Hex32,
    pub cache: PathBuf,
    /// How long it waits at most.
    pub patience_seconds: u64,
}

/// The answer to that.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Answer {
    /// Wait here.
    Welcome {
        sector: String,
        /// Until the next layer begins, as far as that is known.
        seconds: Option<u64>,
    },
    Refused {
        reason: String,
    },
}

/// From the prover that labels to the one that is taken along.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Told {
    /// It begins if you are still there, and have given back your memory. Answered by [`Heard`].
    Begin,
    Progress {
        layer: u32,
        nodes: usize,
    },
    /// Answered by [`Heard`].
    Checkpoint {
        layer: u32,
        nodes: usize,
        digest: Hex32,
    },
    /// Answered by [`Heard`].
    Completed {
        layer: u32,
        digest: Hex32,
    },
    /// Your files cannot be read or written, and are not touched any more.
    Over {
        message: String,
        os_error: Option<i32>,
    },
}

/// From the prover that is taken along.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heard {
    /// It cannot be written down.
    pub error: Option<String>,
}

/// A connection that keeps messages apart.
pub struct Link(OwnedFd);

impl Link {
    /// Waits no longer than that for a listener that has many to accept.
    pub fn connect(path: &Path, patience: Duration) -> io::Result<Link> {
        let socket = new_socket()?;
        set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
        at(path, |address| connect(&socket, address))?;
        Ok(Link(socket))
    }

    /// How long to wait for a message, and for room to send one.
    pub fn patient_for(&self, time: Duration) -> io::Result<()> {
        set_socket_timeout(&self.0, Timeout::Recv, Some(time))?;
        set_socket_timeout(&self.0, Timeout::Send, Some(time))?;
        Ok(())
    }

    pub fn send(&self, message: &impl Serialize) -> io::Result<()> {
        self.send_with(message, SendFlags::NOSIGNAL)
    }

    /// Drops the message where there is no room for it.
    pub fn send_if_room(&self, message: &impl Serialize) {
        // What is said this way is said again soon.
        let _ = self.send_with(message, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
    }

    fn send_with(&self, message: &impl Serialize, flags: SendFlags) -> io::Result<()> {
        let bytes = serde_json::to_vec(message)?;
        loop {
            match send(&self.0, &bytes, flags) {
                Err(Errno::INTR) => continue,
                sent => return Ok(sent.map(drop)?),
            }
        }
    }

    /// None if the other side has gone. Fails with `WouldBlock` when it says nothing for too long.
    pub fn receive<T: DeserializeOwned>(&self) -> io::Result<Option<T>> {
        let mut bytes = vec![0; MESSAGE_BYTES];
        let count = loop {
            match recv(&self.0, &mut bytes[..], RecvFlags::empty()) {
                Err(Errno::INTR) => continue,
                Err(Errno::CONNRESET) => return Ok(None),
                Err(e) => return Err(e.into()),
                Ok((count, _)) => break count,
            }
        };
        if count == 0 {
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&bytes[..count])?))
    }

    /// Says and hears nothing more; what was said is heard.
    pub fn close(&self) {
        let _ = shutdown(&self.0, Shutdown::Both);
    }

    /// Whether the other side is still there.
    pub fn is_open(&self) -> bool {
        let peek = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match recv(&self.0, &mut [0_u8; 1][..], peek) {
            Ok((count, _)) => count > 0,
            Err(e) => e == Errno::AGAIN || e == Errno::INTR,
        }
    }
}

/// Where others connect.
pub struct Listener(OwnedFd);

impl Listener {
    /// At a path that nothing is at; it has its name when others can connect.
    pub fn bind(path: &Path) -> io::Result<Listener> {
        let socket = new_socket()?;
        let hidden = path.with_extension("new");
        // One that was killed at this line may have had the number of this process.
        let _ = std::fs::remove_file(&hidden);
        at(&hidden, |address| bind(&socket, address))?;
        listen(&socket, BACKLOG)?;
        std::fs::rename(&hidden, path)?;
        Ok(Listener(socket))
    }

    /// The next one; none once it is closed.
    pub fn accept(&self) -> Option<Link> {
        loop {
            match accept_with(&self.0, SocketFlags::CLOEXEC) {
                Ok(socket) => return Some(Link(socket)),
                Err(Errno::INTR | Errno::CONNABORTED) => continue,
                Err(Errno::INVAL) => return None,
                // No memory, or no descriptor left.
                Err(_) => std::thread::sleep(Duration::from_secs(1)),
            }
        }
    }

    /// Wakes who accepts.
    pub fn close(&self) {
        let _ = shutdown(&self.0, Shutdown::Both);
    }
}

fn new_socket() -> io::Result<OwnedFd> {
    let (unix, whole_messages) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    Ok(socket_with(
        unix,
        whole_messages,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

/// The kernel takes no more than 107 bytes of a path: the directory goes by its descriptor.
fn at<T>(
    path: &Path,
    work: impl FnOnce(&SocketAddrUnix) -> rustix::io::Result<T>,
) -> io::Result<T> {
    use std::os::fd::AsRawFd;
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    let directory = std::fs::File::open(path.parent().ok_or_else(invalid)?)?;
    let name = path.file_name().ok_or_else(invalid)?;
    let short = Path::new("/proc/self/fd")
        .join(directory.as_raw_fd().to_string())
        .join(name);
    Ok(work(&SocketAddrUnix::new(short)?)?)
}
