//! The file of a layer, written while its labels are made.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::labels::LABEL_BYTES;

/// Direct writes are of whole blocks, from memory that is aligned like them.
const BLOCK: usize = 4096;

/// What the name of a layer ends with while it is made.
pub const PARTIAL: &str = ".partial";

/// Bytes that are written at once.
pub const CHUNK_BYTES: usize = 2 << 20;

/// A layer that is being written: it gets its name when it is whole and on disk.
pub struct LayerFile {
    file: File,
    path: PathBuf,
    direct: bool,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl LayerFile {
    /// Where a layer is until it is whole.
    pub fn partial(path: &Path) -> PathBuf {
        let mut name = OsString::from(path.as_os_str());
        name.push(PARTIAL);
        PathBuf::from(name)
    }

    /// Opens a layer that is to be at `path`, of which the hasher has seen what is there.
    pub fn open(path: &Path, layer_bytes: u64, hasher: blake3::Hasher) -> io::Result<LayerFile> {
        let bytes = hasher.count();
        let partial = LayerFile::partial(path);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let whole_blocks = layer_bytes % BLOCK as u64 == 0 && bytes % BLOCK as u64 == 0;
        // A page cache full of labels that nobody reads soon slows all others down.
        let direct = if whole_blocks {
            options
                .clone()
                .custom_flags(libc::O_DIRECT)
                .open(&partial)
                .ok()
        } else {
            None
        };
        let is_direct = direct.is_some();
        let file = match direct {
            Some(file) => file,
            None => options.open(&partial)?,
        };
        Ok(LayerFile {
            file,
            path: path.to_owned(),
            direct: is_direct,
            bytes,
            hasher,
        })
    }

    /// Adds labels: whole blocks, but for the last ones of a layer that has none.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, self.bytes)?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// The digest of all so far, which is on disk after that.
    pub fn sync(&mut self) -> io::Result<blake3::Hash> {
        self.file.sync_data()?;
        if !self.direct {
            self.drop_pages();
        }
        Ok(self.digest())
    }

    /// The digest of all so far.
    pub fn digest(&self) -> blake3::Hash {
        self.hasher.finalize()
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn drop_pages(&self) {
        use std::os::fd::AsRawFd;
        // SAFETY: advice on a file of ours; where it is not taken, nothing is lost.
        unsafe {
            libc::posix_fadvise(self.file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED);
        }
    }

    /// Gives the layer its name. It is whole and synced; what an earlier one left behind it goes.
    pub fn finish(self) -> io::Result<()> {
        if self.file.metadata()?.len() != self.bytes {
            self.file.set_len(self.bytes)?;
            self.file.sync_data()?;
        }
        fs::rename(LayerFile::partial(&self.path), &self.path)?;
        File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }
}

/// Memory that direct writes take.
pub struct Buffer {
    memory: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// For so many bytes.
    pub fn new(bytes: usize) -> Buffer {
        let memory = vec![0; bytes + BLOCK];
        let start = memory.as_ptr().align_offset(BLOCK);
        Buffer { memory, start }
    }

    /// The first bytes of it.
    pub fn bytes(&mut self, count: usize) -> &mut [u8] {
        &mut self.memory[self.start..self.start + count]
    }
}

/// Reads the labels of nodes from the begin of a file, a chunk at a time.
pub fn read(
    path: &Path,
    nodes: usize,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut left = nodes * LABEL_BYTES;
    while left > 0 {
        let chunk = &mut buffer[..left.min(CHUNK_BYTES)];
        file.read_exact(chunk)?;
        take(chunk)?;
        left -= chunk.len();
    }
    Ok(())
}
