//! The parent cache of a sector size: a file that all who label read.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr;

use crate::graph::Parents;

/// The parents of all nodes, mapped from a file.
pub struct ParentCache {
    start: *const Parents,
    nodes: usize,
}

// SAFETY: nobody writes to the mapping.
unsafe impl Send for ParentCache {}
// SAFETY: likewise.
unsafe impl Sync for ParentCache {}

impl ParentCache {
    /// Maps a cache, which is made anew under another name and never changed in place.
    ///
    /// Fails unless it has the length that so many nodes have.
    pub fn open(file: &File, nodes: usize) -> io::Result<ParentCache> {
        let bytes = nodes * size_of::<Parents>();
        if file.metadata()?.len() != bytes as u64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a parent cache of {nodes} nodes has {bytes} bytes"),
            ));
        }
        // SAFETY: a new mapping touches nothing that exists.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_READ,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: of the mapping just made. It is read once for each layer, from begin to end.
        unsafe { libc::madvise(start, bytes, libc::MADV_SEQUENTIAL) };
        Ok(ParentCache {
            start: start.cast_const().cast(),
            nodes,
        })
    }

    /// The parents of each node.
    pub fn all(&self) -> &[Parents] {
        // SAFETY: the mapping has so many, any bits are numbers, and pages are aligned.
        unsafe { std::slice::from_raw_parts(self.start, self.nodes) }
    }
}

impl Drop for ParentCache {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, whole.
        unsafe {
            libc::munmap(
                self.start.cast_mut().cast(),
                self.nodes * size_of::<Parents>(),
            )
        };
    }
}
