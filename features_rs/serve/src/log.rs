//! The outbox's file. `scorer/sinks/database.py` makes it and says what is in it.
//!
//! This build of SQLite is another than Python's. Two of them must not have one file open in one
//! process: when either closes a descriptor, POSIX drops the locks of both. So a process that opens
//! a [`Log`] leaves the file to it.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, params};

const BUSY: Duration = Duration::from_secs(5);
/// As Python's connections.
const CACHE_KIB: i64 = 65_536;
/// Entries deleted while an append may have to wait, and the pause that lets it in.
const PRUNE_CHUNK: usize = 8;
const PRUNE_PAUSE: Duration = Duration::from_millis(2);
/// Labels committed at once; a decision waits for no more than that.
const LABEL_BATCH: usize = 16;

const FIND: &str = "SELECT payload, digest FROM entries WHERE kind = 0 AND key = ?";
const HOLDS: &str = "SELECT 1 FROM entries WHERE kind = 0 AND key = ?";
const APPEND: &str =
    "INSERT INTO entries (kind, key, digest, payload, appended_at_us) VALUES (0, ?, ?, ?, ?)";
const APPEND_LABEL: &str = "INSERT OR IGNORE INTO entries \
    (kind, key, digest, payload, appended_at_us) VALUES (1, ?, ?, ?, ?)";
const LABELS_OF: &str = "SELECT payload FROM entries WHERE kind = 1 AND key = ? ORDER BY seq";
const READ_AFTER: &str = "SELECT seq, kind, key, digest, payload, appended_at_us FROM entries \
    WHERE seq > ? ORDER BY seq LIMIT ?";
const NEWEST: &str = "SELECT ifnull(max(seq), 0) FROM entries";
/// Positions are given out as newest + 1: were the newest forgotten, it would come again.
const LAST_TO_PRUNE: &str = "SELECT max(seq) FROM \
    (SELECT seq, appended_at_us FROM entries ORDER BY seq LIMIT ?) \
    WHERE seq <= ? AND appended_at_us < ? AND seq < (SELECT max(seq) FROM entries)";
const PRUNE: &str = "DELETE FROM entries WHERE seq <= ? AND appended_at_us < ?";

/// What can go wrong.
#[derive(Debug)]
pub enum LogError {
    /// The log was closed.
    Closed,
    /// SQLite says so.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed => f.write_str("Cannot operate on a closed database."),
            Self::Sqlite(error) => error.fmt(f),
        }
    }
}

type Result<T> = std::result::Result<T, LogError>;

/// One entry: position, kind, key, digest, payload, time of appending.
pub type Entry = (i64, i64, String, Vec<u8>, Vec<u8>, i64);

/// A label to be kept: transaction id, digest, payload.
pub type LabelRow = (String, Vec<u8>, Vec<u8>);

/// The outbox's file, open for writing.
#[derive(Debug)]
pub struct Log {
    writer: Mutex<Option<Connection>>,
    maintenance: Mutex<Option<Connection>>,
    newest: AtomicI64,
}

impl Log {
    /// Opens a file that is an outbox already; `synchronous` is "normal" or "full".
    ///
    /// # Errors
    /// It cannot be opened or read.
    pub fn open(path: &Path, synchronous: &str) -> Result<Self> {
        let (writer, maintenance) = (connect(path, synchronous)?, connect(path, synchronous)?);
        let newest = newest_of(&writer)?;
        Ok(Self {
            writer: Mutex::new(Some(writer)),
            maintenance: Mutex::new(Some(maintenance)),
            newest: AtomicI64::new(newest),
        })
    }

    /// Payload and digest of the decision under an id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        self.with(|database| {
            let mut find = database.prepare_cached(FIND)?;
            find.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
    }

    /// Whether there is a decision under an id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn holds(&self, id: &str) -> Result<bool> {
        self.with(|database| database.prepare_cached(HOLDS)?.exists([id]))
    }

    /// Makes a decision durable; returns its position.
    ///
    /// # Errors
    /// There is one under this id, or the file cannot be written.
    pub fn append(&self, id: &str, digest: &[u8], payload: &[u8], at_us: i64) -> Result<i64> {
        self.with(|database| {
            let mut append = database.prepare_cached(APPEND)?;
            let seq = append.insert(params![id, digest, payload, at_us])?;
            self.newest.store(seq, Ordering::Release);
            Ok(seq)
        })
    }

    /// Makes labels durable; returns how many were not there yet.
    ///
    /// # Errors
    /// They cannot be written; some may be then.
    pub fn append_labels(&self, rows: &[LabelRow], at_us: i64) -> Result<usize> {
        let mut accepted = 0;
        for batch in rows.chunks(LABEL_BATCH) {
            accepted += self.with(|database| {
                let transaction = database.unchecked_transaction()?;
                let mut added = 0;
                for (id, digest, payload) in batch {
                    let mut append = transaction.prepare_cached(APPEND_LABEL)?;
                    added += append.execute(params![id, digest, payload, at_us])?;
                }
                transaction.commit()?;
                self.newest.store(newest_of(database)?, Ordering::Release);
                Ok(added)
            })?;
        }
        Ok(accepted)
    }

    /// Payloads of the labels of a payment, in the order in which they came.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn labels_of(&self, id: &str) -> Result<Vec<Vec<u8>>> {
        self.with(|database| {
            let mut find = database.prepare_cached(LABELS_OF)?;
            find.query_map([id], |row| row.get(0))?.collect()
        })
    }

    /// At most `limit` entries behind a position, in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_after(&self, seq: i64, limit: i64) -> Result<Vec<Entry>> {
        self.with(|database| {
            let mut read = database.prepare_cached(READ_AFTER)?;
            let rows = read.query_map([seq, limit], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                ))
            })?;
            rows.collect()
        })
    }

    /// Position of the newest entry; 0 when nothing was ever appended.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.newest.load(Ordering::Acquire)
    }

    /// Copies the write-ahead log into the database, aside from appends unless it has grown to
    /// `limit_pages`: then they wait for the rest of it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn checkpoint(&self, limit_pages: i64) -> Result<()> {
        let maintenance = self.maintenance.lock();
        let database = maintenance.as_ref().ok_or(LogError::Closed)?;
        if checkpoint_passively(database)? < limit_pages {
            // What came in meanwhile is little: often no append comes between this and its end.
            checkpoint_passively(database)?;
            return Ok(());
        }
        let _writing = self.writer.lock();
        checkpoint_passively(database)?;
        Ok(())
    }

    /// Forgets entries up to a position and appended before a time, a few at a time, at most
    /// `most`; the newest stays. Returns how many went.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn prune(&self, through: i64, older_than_us: i64, most: usize) -> Result<usize> {
        let maintenance = self.maintenance.lock();
        let database = maintenance.as_ref().ok_or(LogError::Closed)?;
        let mut pruned = 0;
        while pruned < most {
            let rows = PRUNE_CHUNK.min(most - pruned) as i64;
            let last: Option<i64> = database
                .prepare_cached(LAST_TO_PRUNE)?
                .query_row(params![rows, through, older_than_us], |row| row.get(0))?;
            let Some(last) = last else { break };
            let writing = self.writer.lock();
            pruned += database
                .prepare_cached(PRUNE)?
                .execute([last, older_than_us])?;
            drop(writing);
            std::thread::sleep(PRUNE_PAUSE);
        }
        Ok(pruned)
    }

    /// Writes everything into the database and closes the file.
    ///
    /// # Errors
    /// SQLite's.
    pub fn close(&self) -> Result<()> {
        for connection in [&self.maintenance, &self.writer] {
            if let Some(database) = connection.lock().take() {
                database.flush_prepared_statement_cache();
                database.close().map_err(|(_, error)| error)?;
            }
        }
        Ok(())
    }

    fn with<T>(&self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let writer = self.writer.lock();
        let database = writer.as_ref().ok_or(LogError::Closed)?;
        Ok(act(database)?)
    }
}

fn connect(path: &Path, synchronous: &str) -> rusqlite::Result<Connection> {
    let database = Connection::open(path)?;
    database.busy_timeout(BUSY)?;
    database.pragma_update(None, "synchronous", synchronous)?;
    // A checkpoint syncs the disk; it happens on the maintenance connection alone.
    database.pragma_update(None, "wal_autocheckpoint", 0)?;
    database.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(database)
}

fn newest_of(database: &Connection) -> rusqlite::Result<i64> {
    database
        .prepare_cached(NEWEST)?
        .query_row([], |row| row.get(0))
}

/// Copies what is in the log now; returns its length in pages.
fn checkpoint_passively(database: &Connection) -> rusqlite::Result<i64> {
    database.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
}

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is a decision under the id.
    Duplicate,
    /// The file is not an outbox, or its pages are damaged.
    Damaged,
    /// It cannot be read or written, such as on a full disk.
    Unavailable,
    /// It was closed.
    Closed,
}

impl LogError {
    /// What it means.
    #[must_use]
    pub fn fault(&self) -> Fault {
        use rusqlite::ErrorCode::{ConstraintViolation, DatabaseCorrupt, NotADatabase};
        match self {
            Self::Closed => Fault::Closed,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ConstraintViolation) => Fault::Duplicate,
                Some(DatabaseCorrupt | NotADatabase) => Fault::Damaged,
                _ => Fault::Unavailable,
            },
        }
    }
}
