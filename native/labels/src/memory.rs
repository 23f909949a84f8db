//! Memory for the labels of a layer: too much for small pages, which cost a table look-up for
//! nearly every parent.

use std::io;
use std::ptr::{self, NonNull};

/// What a huge page has on x86-64.
const HUGE: usize = 2 << 20;

/// Anonymous memory, in huge pages where the system gives them. It takes room for what was asked
/// to be there ([`Memory::populate`]) or was written.
pub struct Memory {
    start: NonNull<u32>,
    bytes: usize,
}

// SAFETY: the memory belongs to its owner alone.
unsafe impl Send for Memory {}
// SAFETY: it gives out an address; who reads and writes there says why that is right.
unsafe impl Sync for Memory {}

impl Memory {
    /// Addresses for so many words, which are zeros.
    pub fn new(words: usize) -> io::Result<Memory> {
        let bytes = words * size_of::<u32>();
        // SAFETY: a new mapping touches nothing that exists.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: of the mapping just made. Where huge pages are off it is small ones.
        unsafe { libc::madvise(start, bytes, libc::MADV_HUGEPAGE) };
        Ok(Memory {
            start: NonNull::new(start.cast()).expect("no mapping is at 0"),
            bytes,
        })
    }

    /// Has the pages of the first words there, so that a lack of memory shows now.
    pub fn populate(&self, words: usize) -> io::Result<()> {
        let bytes = (words * size_of::<u32>()).min(self.bytes);
        // SAFETY: within the mapping; what stands there stays.
        let there =
            unsafe { libc::madvise(self.start.as_ptr().cast(), bytes, libc::MADV_POPULATE_WRITE) };
        if there == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        // Before Linux 5.14 there is no such advice: the pages come as they are written.
        match error.raw_os_error() {
            Some(libc::EINVAL) => Ok(()),
            _ => Err(error),
        }
    }

    /// Gives back what lies behind the first words: zeros again.
    pub fn give_back_behind(&self, words: usize) {
        let kept = (words * size_of::<u32>()).next_multiple_of(HUGE);
        if kept < self.bytes {
            // SAFETY: whole pages of the mapping, which nobody uses any more.
            unsafe {
                libc::madvise(
                    self.start.as_ptr().cast::<u8>().add(kept).cast(),
                    self.bytes - kept,
                    libc::MADV_DONTNEED,
                )
            };
        }
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
