/*!
The gradebook: one SQLite file with what was handed in, what came of it, and what the instructor decided. It grades
nothing.

A program that is killed leaves the last complete transaction behind, so what a run has graded stays graded.
*/

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Error, Kind, Result};
use crate::report::Report;

/// The name of the file in its folder.
const FILE: &str = "gradebook.sqlite";
/// The layout of the tables; another version is refused.
const VERSION: &str = "1";

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row for each thing that a learner handed in. What was handed in again with the same contents is the same row.
CREATE TABLE IF NOT EXISTS submission (
    asked       TEXT NOT NULL,              -- the assignment that was known before it was read, or empty
    learner     TEXT NOT NULL,
    digest      TEXT NOT NULL,              -- of what was handed in
    attempt     INTEGER NOT NULL,           -- of this learner, counted from 1
    source      TEXT NOT NULL,              -- the path from the class' folder
    name        TEXT,
    late        INTEGER NOT NULL,           -- whether the platform marks it as late
    submitted   INTEGER,                    -- seconds since 1970, if the platform says it
    key         TEXT NOT NULL DEFAULT '',   -- of digest, assignment, grader and seed: what the outcome rests on
    outcome     TEXT NOT NULL DEFAULT 'waiting',
    assignment  TEXT NOT NULL DEFAULT '',   -- the one that it was graded as
    report      TEXT,
    message     TEXT,                       -- why there is no report
    help        TEXT,
    notes       TEXT NOT NULL DEFAULT '[]',
    tokens      BLOB NOT NULL DEFAULT x'',  -- fingerprints of its code
    gradings    INTEGER NOT NULL DEFAULT 0, -- how often it was graded
    begun       INTEGER NOT NULL DEFAULT 0, -- how often that was begun and not ended, because the program died
    seconds     REAL NOT NULL DEFAULT 0,
    finished    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (asked, learner, digest)
) WITHOUT ROWID;

-- What the instructor decides; the last row that fits counts.
CREATE TABLE IF NOT EXISTS deadline (
    assignment  TEXT NOT NULL,
    learner     TEXT NOT NULL,              -- empty for everybody
    due         INTEGER,
    per_day     REAL,                       -- percent of the score for each day that has begun
    days        INTEGER,                    -- after so many days there are no points
    attempts    INTEGER,                    -- so many count
    reason      TEXT NOT NULL,
    entered     INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS override (
    assignment  TEXT NOT NULL,
    learner     TEXT NOT NULL,
    function    TEXT NOT NULL,              -- empty for the score as a whole
    points      REAL,
    submitted   INTEGER,                    -- when it was handed in, if the platform does not say it or says it wrong
    reason      TEXT NOT NULL,
    entered     INTEGER NOT NULL
);
";

/// A gradebook.
#[derive(Debug)]
pub struct Gradebook {
    connection: Connection,
    path: PathBuf,
    /// Held while a run writes.
    _lock: Option<File>,
}

/// A row of what was handed in.
#[derive(Debug, Clone)]
pub struct Submission {
    pub asked: String,
    pub learner: String,
    pub digest: String,
    pub attempt: u32,
    pub source: String,
    pub name: Option<String>,
    pub late: bool,
    pub submitted: Option<i64>,
    pub key: String,
    pub outcome: Outcome,
    pub assignment: String,
    /// What should be known about it: what was passed over, what it was found in.
    pub notes: Vec<String>,
    /// Fingerprints of its code.
    pub tokens: Vec<u8>,
    pub gradings: u32,
    pub begun: u32,
    pub seconds: f64,
    pub finished: i64,
}

/// What came of a submission.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing yet.
    Waiting,
    /// A report.
    Graded(Box<Report>),
    /// Nothing could be graded.
    Refused(Error),
    /// The grader itself failed on it.
    Fault(String),
}

impl Outcome {
    /// The word for it in the table.
    pub fn word(&self) -> String {
        match self {
            Self::Waiting => "waiting".into(),
            Self::Graded(_) => "graded".into(),
            Self::Refused(error) => error.kind().to_string(),
            Self::Fault(_) => "fault".into(),
        }
    }

    /// Whether it says something of the submission, so that there is no reason to try again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Waiting | Self::Fault(_) => false,
            Self::Graded(_) => true,
            Self::Refused(error) => error.kind() != Kind::Machine,
        }
    }
}

/// A row of what the instructor decides about time and attempts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deadline {
    pub assignment: String,
    /// Empty for everybody.
    pub learner: String,
    pub due: Option<i64>,
    /// Percent of the score for each day that has begun.
    pub per_day: Option<f64>,
    /// After so many days there are no points.
    pub days: Option<u32>,
    /// So many attempts count.
    pub attempts: Option<u32>,
    pub reason: String,
    pub entered: i64,
}

/// A row by which the instructor replaces what came out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Override {
    pub assignment: String,
    pub learner: String,
    /// Empty for the score as a whole.
    pub function: String,
    pub points: Option<f64>,
    pub submitted: Option<i64>,
    pub reason: String,
    pub entered: i64,
}

impl Gradebook {
    /// Opens the gradebook in the folder `path`, or the file that `path` names.
    ///
    /// # Errors
    /// When there is none, or it is of another version.
    pub fn open(path: &Path) -> Result<Self> {
        let file = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
        if !file.is_file() {
            let message = format!("{}: there is no gradebook", file.display());
            return Err(Error::of(Kind::Usage, message, "`grader batch DIR --out FOLDER` makes one"));
        }
        Self::at(file)
    }

    /// Opens or makes the gradebook in the folder `path`, and keeps other runs away from it.
    ///
    /// # Errors
    /// When the folder cannot be made, another run writes there, or the gradebook is of another version.
    pub fn create(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).map_err(|error| Error::io(path, &error).kind_is(Kind::Usage))?;
        let place = path.join("lock");
        let lock = File::options().create(true).append(true).open(&place);
        let lock = lock.map_err(|error| Error::io(&place, &error).kind_is(Kind::Usage))?;
        if lock.try_lock().is_err() {
            let message = format!("{}: another run writes to this gradebook", path.display());
            return Err(Error::of(Kind::Usage, message, "wait for it, or name another folder with --out"));
        }
        Ok(Self { _lock: Some(lock), ..Self::at(path.join(FILE))? })
    }

    fn at(path: PathBuf) -> Result<Self> {
        let failed = failed(&path);
        let connection = Connection::open(&path).map_err(&failed)?;
        connection.busy_timeout(Duration::from_secs(30)).map_err(&failed)?;
        connection.execute_batch(TABLES).map_err(&failed)?;
        // Hidden inputs are drawn from the seed that stands in it.
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .map_err(|error| Error::io(&path, &error))?;
        drop(failed);
        let book = Self { connection, path, _lock: None };
        match book.setting("version")? {
            Some(version) if version != VERSION => {
                let message = format!("{}: a gradebook of version {version}, expected {VERSION}", book.path.display());
                Err(Error::of(Kind::Usage, message, "use the grader that wrote it, or grade into a new folder"))
            }
            Some(_) => Ok(book),
            None => {
                book.set("version", VERSION)?;
                Ok(book)
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A setting: `seed`, or `shards`, the parts of a class that are in it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        let query = "SELECT value FROM setting WHERE name = ?1";
        self.connection.query_row(query, [name], |row| row.get(0)).optional().map_err(failed(&self.path))
    }

    /// Writes a setting.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        let statement = "INSERT OR REPLACE INTO setting VALUES (?1, ?2)";
        self.connection.execute(statement, [name, value]).map(drop).map_err(failed(&self.path))
    }

    /// All that was handed in, in the order of assignments and learners.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn submissions(&self) -> Result<Vec<Submission>> {
        let query = "SELECT * FROM submission ORDER BY asked, learner, attempt, digest";
        self.all(query, submission)
    }

    /// What was handed in under these three, if it is known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, asked: &str, learner: &str, digest: &str) -> Result<Option<Submission>> {
        let query = "SELECT * FROM submission WHERE asked = ?1 AND learner = ?2 AND digest = ?3";
        let mut statement = self.connection.prepare(query).map_err(failed(&self.path))?;
        statement.query_row([asked, learner, digest], submission).optional().map_err(failed(&self.path))
    }

    /// Enters rows that are there to be graded, in one transaction. Each that is new is the next attempt of its learner.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn enter<'a>(&mut self, rows: impl IntoIterator<Item = &'a Submission>) -> Result<()> {
        let failed = failed(&self.path);
        let transaction = self.connection.transaction().map_err(&failed)?;
        for row in rows {
            let statement = "INSERT INTO submission (asked, learner, digest, attempt, source, name, late, submitted)
                VALUES (?1, ?2, ?3,
                    (SELECT 1 + coalesce(max(attempt), 0) FROM submission WHERE asked = ?1 AND learner = ?2),
                    ?4, ?5, ?6, ?7)
                ON CONFLICT DO UPDATE SET source = ?4, name = ?5, late = ?6, submitted = ?7";
            let Submission { asked, learner, digest, source, name, late, submitted, .. } = row;
            transaction
                .execute(statement, params![asked, learner, digest, source, name, late, submitted])
                .map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)
    }

    /// Notes that a submission is being graded, so that a death of the program can be put down to it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&self, row: &Submission) -> Result<()> {
        let statement = "UPDATE submission SET begun = begun + 1 WHERE asked = ?1 AND learner = ?2 AND digest = ?3";
        let changed = self.connection.execute(statement, [&row.asked, &row.learner, &row.digest]);
        changed.map(drop).map_err(failed(&self.path))
    }

    /// Writes what came of a submission.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&self, row: &Submission) -> Result<()> {
        let (message, help) = match &row.outcome {
            Outcome::Refused(error) => (Some(error.message()), Some(error.help())),
            Outcome::Fault(message) => (Some(&**message), None),
            Outcome::Waiting | Outcome::Graded(_) => (None, None),
        };
        let report = match &row.outcome {
            Outcome::Graded(report) => Some(json(report)?),
            _ => None,
        };
        let statement = "UPDATE submission SET key = ?4, outcome = ?5, assignment = ?6, report = ?7, message = ?8,
                help = ?9, notes = ?10, tokens = ?11, gradings = gradings + 1, begun = ?12, seconds = ?13, finished = ?14
            WHERE asked = ?1 AND learner = ?2 AND digest = ?3";
        let values = params![
            row.asked,
            row.learner,
            row.digest,
            row.key,
            row.outcome.word(),
            row.assignment,
            report,
            message,
            help,
            json(&row.notes)?,
            row.tokens,
            row.begun,
            row.seconds,
            row.finished
        ];
        self.connection.execute(statement, values).map(drop).map_err(failed(&self.path))
    }

    /// The rows about deadlines and attempts, in the order in which they were entered.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn deadlines(&self) -> Result<Vec<Deadline>> {
        self.all("SELECT * FROM deadline ORDER BY entered, rowid", |row| {
            Ok(Deadline {
                assignment: row.get("assignment")?,
                learner: row.get("learner")?,
                due: row.get("due")?,
                per_day: row.get("per_day")?,
                days: row.get("days")?,
                attempts: row.get("attempts")?,
                reason: row.get("reason")?,
                entered: row.get("entered")?,
            })
        })
    }

    /// Adds a row about deadlines and attempts.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_deadline(&self, row: &Deadline) -> Result<()> {
        let statement = "INSERT INTO deadline VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let Deadline { assignment, learner, due, per_day, days, attempts, reason, entered } = row;
        let values = params![assignment, learner, due, per_day, days, attempts, reason, entered];
        self.connection.execute(statement, values).map(drop).map_err(failed(&self.path))
    }

    /// The rows that replace what came out, in the order in which they were entered.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn overrides(&self) -> Result<Vec<Override>> {
        self.all("SELECT * FROM override ORDER BY entered, rowid", |row| {
            Ok(Override {
                assignment: row.get("assignment")?,
                learner: row.get("learner")?,
                function: row.get("function")?,
                points: row.get("points")?,
                submitted: row.get("submitted")?,
                reason: row.get("reason")?,
                entered: row.get("entered")?,
            })
        })
    }

    /// Adds a row that replaces what came out.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_override(&self, row: &Override) -> Result<()> {
        let statement = "INSERT INTO override VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Override { assignment, learner, function, points, submitted, reason, entered } = row;
        let values = params![assignment, learner, function, points, submitted, reason, entered];
        self.connection.execute(statement, values).map(drop).map_err(failed(&self.path))
    }

    /// Copies a row of another gradebook as it is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn copy(&mut self, rows: &[Submission]) -> Result<()> {
        self.enter(rows)?;
        for row in rows {
            self.finish(row)?;
            let statement = "UPDATE submission SET attempt = ?4, gradings = ?5
                WHERE asked = ?1 AND learner = ?2 AND digest = ?3";
            let values = params![row.asked, row.learner, row.digest, row.attempt, row.gradings];
            self.connection.execute(statement, values).map_err(failed(&self.path))?;
        }
        Ok(())
    }

    fn all<T>(&self, query: &str, read: impl Fn(&Row) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let failed = failed(&self.path);
        let mut statement = self.connection.prepare(query).map_err(&failed)?;
        let rows = statement.query_map([], |row| read(row)).map_err(&failed)?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(&failed)
    }
}

fn submission(row: &Row) -> rusqlite::Result<Submission> {
    let text = |name: &str| row.get::<_, Option<String>>(name);
    let word: String = row.get("outcome")?;
    let kinds = [Kind::Usage, Kind::Nothing, Kind::Unreadable, Kind::Machine];
    let outcome = match (&*word, text("report")?) {
        ("graded", Some(report)) => match serde_json::from_str(&report) {
            Ok(report) => Outcome::Graded(report),
            // A report of another version is graded again.
            Err(_) => Outcome::Waiting,
        },
        ("fault", _) => Outcome::Fault(text("message")?.unwrap_or_default()),
        (word, _) => match kinds.into_iter().find(|kind| kind.to_string() == word) {
            Some(kind) => Outcome::Refused(Error::of(
                kind,
                text("message")?.unwrap_or_default(),
                text("help")?.unwrap_or_default(),
            )),
            None => Outcome::Waiting,
        },
    };
    Ok(Submission {
        asked: row.get("asked")?,
        learner: row.get("learner")?,
        digest: row.get("digest")?,
        attempt: row.get("attempt")?,
        source: row.get("source")?,
        name: row.get("name")?,
        late: row.get("late")?,
        submitted: row.get("submitted")?,
        key: row.get("key")?,
        outcome,
        assignment: row.get("assignment")?,
        notes: serde_json::from_str(&row.get::<_, String>("notes")?).unwrap_or_default(),
        tokens: row.get("tokens")?,
        gradings: row.get("gradings")?,
        begun: row.get("begun")?,
        seconds: row.get("seconds")?,
        finished: row.get("finished")?,
    })
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(error.to_string(), "this is a fault of the grader"))
}

fn failed(path: &Path) -> impl Fn(rusqlite::Error) -> Error + use<> {
    let path = path.display().to_string();
    move |error| {
        let help = "a full disk, a file that may not be written, or one that is no gradebook";
        Error::new(format!("{path}: {error}"), help)
    }
}
