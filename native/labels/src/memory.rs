//! Memory for the labels of a layer: too much for small pages, which cost a table look-up for
//! nearly every parent.

use std::io;
use std::ptr::{self, NonNull};

/// Anonymous memory, in huge pages where the system gives them.
pub struct Memory {
    start: NonNull<u32>,
    bytes: usize,
}

// SAFETY: the memory belongs to its owner alone.
unsafe impl Send for Memory {}
// SAFETY: nothing is changed through a shared reference.
unsafe impl Sync for Memory {}

impl Memory {
    /// Zeros. The pages are there when this returns, so that a lack of memory shows here.
    pub fn new(words: usize) -> io::Result<Memory> {
        let bytes = words * size_of::<u32>();
        // SAFETY: a new mapping touches nothing that exists.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: of the mapping just made. Where huge pages are off it is small ones.
        unsafe { libc::madvise(start, bytes, libc::MADV_HUGEPAGE) };
        // SAFETY: likewise.
        let there = unsafe { libc::madvise(start, bytes, libc::MADV_POPULATE_WRITE) };
        let memory = Memory {
            start: NonNull::new(start.cast()).expect("no mapping is at 0"),
            bytes,
        };
        if there != 0 {
            let error = io::Error::last_os_error();
            // Before Linux 5.14 there is no such advice: the pages come as they are written.
            if error.raw_os_error() != Some(libc::EINVAL) {
                return Err(error);
            }
        }
        Ok(memory)
    }

    /// The first word.
    pub fn words(&self) -> *mut u32 {
        self.start.as_ptr()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, whole.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}
