//! A whole store in a file.
//!
//! `FRAUDST1`, the contract's digest, a note; then a frame an entity (length and state); then a
//! frame of length `u32::MAX` that ends the list; then xxh3-64 of all before it. Numbers are
//! little-endian.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use fraud_features::codec::Decoder;
use fraud_features::contract::DIGEST;
use fraud_features::{EntityKind, Error, Store, state};
use parking_lot::Mutex;
use pyo3::PyErr;
use xxhash_rust::xxh3::Xxh3Default;

use crate::errors::{StateError, to_python};

const MAGIC: &[u8; 8] = b"FRAUDST1";
const LAST: u32 = u32::MAX;
/// Entities between which the lock is offered.
const STEP: usize = 64;

/// Why a file could not be read or written.
pub enum FileError {
    /// The file system said no.
    Io(io::Error),
    /// The contents are not what they should be.
    Kernel(Error),
    /// The file is not a whole store.
    Damaged(String),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for FileError {
    fn from(error: Error) -> Self {
        Self::Kernel(error)
    }
}

impl From<FileError> for PyErr {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io(error) => error.into(),
            FileError::Kernel(error) => to_python(error),
            FileError::Damaged(message) => StateError::new_err(message),
        }
    }
}

/// A writer or reader that sums what passes.
struct Summed<T> {
    inner: T,
    sum: Xxh3Default,
}

impl<T> Summed<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            sum: Xxh3Default::new(),
        }
    }
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }

    fn put_frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.put(&length.to_le_bytes())?;
        self.put(bytes)
    }
}

impl<R: Read> Summed<R> {
    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(bytes)
    }

    /// The next frame; None after the last.
    fn take_frame(&mut self, limit: u64) -> Result<Option<Vec<u8>>, FileError> {
        let length = u32::from_le_bytes(self.take()?);
        if length == LAST {
            return Ok(None);
        }
        if u64::from(length) > limit {
            return Err(FileError::Damaged(format!(
                "a frame of {length} bytes is longer than the file"
            )));
        }
        let mut bytes = vec![0; length as usize];
        self.inner.read_exact(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(Some(bytes))
    }
}

/// Writes the store beside `path` and moves it there when it is complete and on disk.
pub fn save(store: &Mutex<Store>, path: &Path, note: &[u8]) -> Result<usize, FileError> {
    let draft = draft_of(path);
    let written = write(store, &draft, note).and_then(|written| {
        fs::rename(&draft, path)?;
        Ok(written)
    });
    if written.is_err() {
        // It may not even be there; the first error is the one to tell.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// A name beside `path` that no other call of this or another process writes to.
fn draft_of(path: &Path) -> PathBuf {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.{call}.draft", process::id()));
    path.with_file_name(name)
}

fn write(store: &Mutex<Store>, draft: &Path, note: &[u8]) -> Result<usize, FileError> {
    let mut file = Summed::new(BufWriter::new(File::create(draft)?));
    file.put(MAGIC)?;
    file.put(&*DIGEST)?;
    file.put_frame(note)?;
    let mut written = 0;
    for kind in EntityKind::ALL {
        written += save_kind(store, kind, &mut file)?;
    }
    file.put(&LAST.to_le_bytes())?;
    let sum = file.sum.digest();
    let mut inner = file.inner;
    inner.write_all(&sum.to_le_bytes())?;
    inner
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok(written)
}

/// Walks from the last entity to the first, which misses none; see [`Store::encode_at`].
fn save_kind<W: Write>(
    store: &Mutex<Store>,
    kind: EntityKind,
    file: &mut Summed<W>,
) -> io::Result<usize> {
    let mut end = store.lock().entity_count(kind);
    let mut written = 0;
    let mut states: Vec<Vec<u8>> = Vec::with_capacity(STEP);
    while end > 0 {
        let start = end.saturating_sub(STEP);
        {
            let store = store.lock();
            for place in (start..end).rev() {
                let mut state = Vec::new();
                if store.encode_at(kind, place, &mut state) {
                    states.push(state);
                }
            }
        }
        for state in states.drain(..) {
            file.put_frame(&state)?;
            written += 1;
        }
        end = start;
    }
    Ok(written)
}

/// Checks the whole file, then merges it in; returns the note.
pub fn restore(store: &Mutex<Store>, path: &Path) -> Result<Vec<u8>, FileError> {
    read(path, |_| Ok(()))?;
    read(path, |frames: &[Vec<u8>]| {
        let mut store = store.lock();
        frames
            .iter()
            .try_for_each(|state| store.merge(state).map(drop))
    })
}

/// Reads a file, giving its frames to `visit` by the step.
fn read(
    path: &Path,
    mut visit: impl FnMut(&[Vec<u8>]) -> Result<(), Error>,
) -> Result<Vec<u8>, FileError> {
    let damaged = |what: &str| FileError::Damaged(format!("{}: {what}", path.display()));
    let length = fs::metadata(path)?.len();
    let mut file = Summed::new(BufReader::with_capacity(1 << 20, File::open(path)?));
    let cut_short = |error| match error {
        FileError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            damaged("the file is cut short")
        }
        other => other,
    };
    let mut body = || -> Result<Vec<u8>, FileError> {
        if file.take()? != *MAGIC {
            return Err(damaged("not a feature store's file"));
        }
        state::check_digest(&mut Decoder::new(&file.take::<16>()?))?;
        let note = file
            .take_frame(length)?
            .ok_or_else(|| damaged("there is no note"))?;
        let mut step = Vec::with_capacity(STEP);
        while let Some(frame) = file.take_frame(length)? {
            step.push(frame);
            if step.len() == STEP {
                visit(&step)?;
                step.clear();
            }
        }
        visit(&step)?;
        let expected = file.sum.digest();
        if u64::from_le_bytes(file.take()?) != expected {
            return Err(damaged("the checksum does not match"));
        }
        if file.inner.read(&mut [0])? > 0 {
            return Err(damaged("there are bytes after its end"));
        }
        Ok(note)
    };
    body().map_err(cut_short)
}
