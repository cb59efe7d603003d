/*!
The session that a kernel runs its cells in: it starts when the kernel starts, while the learner still reads, and again
when it has ended.
*/

use super::pool;
use crate::session::{Answer, Interrupter, Question, Session};
use anyhow::Result;
use course::Root;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A session, or one that is being started.
pub struct WarmSession {
    root: Root,
    folder: PathBuf,
    state: State,
    /// What the start is doing now, for a learner who waits.
    note: Arc<Mutex<String>>,
}

enum State {
    /// The sender ends the thread that starts the session.
    Starting(Receiver<Result<Session>>, Sender<()>),
    Running(Box<Session>, #[expect(dead_code, reason = "dropping it ends the thread")] Sender<()>),
    Ended,
}

impl WarmSession {
    /// Begins to start a session whose cells run in `folder`.
    pub fn start(root: Root, folder: PathBuf) -> WarmSession {
        let mut warm = WarmSession { root, folder, state: State::Ended, note: Arc::default() };
        warm.begin();
        warm
    }

    fn begin(&mut self) {
        let (sender, receiver) = channel();
        let (alive, until_end) = channel();
        let (root, folder, note) = (self.root.clone(), self.folder.clone(), Arc::clone(&self.note));
        std::thread::spawn(move || {
            let say = |text: &str| {
                if let Ok(mut note) = note.lock() {
                    text.clone_into(&mut note);
                }
            };
            say("waiting for a session that is being started");
            let session = match pool::take(&root, &folder) {
                Some(session) => Ok(session),
                None => start(&root, &folder, &say),
            };
            // A cell may run for as long as it likes: the learner has a button to interrupt it.
            let _ = sender.send(session.map(|session| session.limit(Duration::from_secs(u64::from(u32::MAX)))));
            // The system ends a session's processes with the thread that started them, so this one stays.
            let _: Result<(), _> = until_end.recv();
        });
        self.state = State::Starting(receiver, alive);
    }

    /// The session, when it has started; `wait` is called while it has not, with what it is doing, and returns whether
    /// to wait on.
    ///
    /// # Errors
    /// When it cannot be started. The next call tries again.
    pub fn get(&mut self, wait: &mut dyn FnMut(&str) -> bool) -> Result<Option<&mut Session>> {
        if let State::Ended = self.state {
            self.begin();
        }
        while let State::Starting(receiver, alive) = &self.state {
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(Ok(session)) => self.state = State::Running(Box::new(session), alive.clone()),
                Ok(Err(error)) => {
                    self.state = State::Ended;
                    return Err(error);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let note = self.note.lock().map(|note| note.clone()).unwrap_or_default();
                    if !wait(&note) {
                        return Ok(None);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.state = State::Ended;
                    anyhow::bail!("the session's start ended without an answer");
                }
            }
        }
        match &mut self.state {
            State::Running(session, _) => Ok(Some(session)),
            _ => unreachable!("it has started"),
        }
    }

    /// Asks the session; none while it has not started, because whoever asks does not want to wait.
    pub fn ask(&mut self, question: Question) -> Option<Answer> {
        if let State::Starting(receiver, alive) = &self.state {
            match receiver.try_recv() {
                Ok(Ok(session)) => self.state = State::Running(Box::new(session), alive.clone()),
                Err(TryRecvError::Empty) => {}
                // The next cell starts it again, and says why it does not start.
                Ok(Err(_)) | Err(TryRecvError::Disconnected) => self.state = State::Ended,
            }
        }
        match &mut self.state {
            State::Running(session, _) => session.ask(question),
            _ => None,
        }
    }

    /// Ends a session that cannot go on; the next cell gets a new one.
    pub fn end(&mut self) {
        self.state = State::Ended;
    }

    /// The way to interrupt the running cell, if there is a session.
    pub fn interrupter(&self) -> Option<Interrupter> {
        match &self.state {
            State::Running(session, _) => Some(session.interrupter()),
            _ => None,
        }
    }
}

fn start(root: &Root, folder: &Path, note: &dyn Fn(&str)) -> Result<Session> {
    let mut session = Session::start(root, folder, note)?;
    note("loading the helper crate");
    // A session that has not warmed up is slower and nothing else: the set-up cell says what is wrong.
    let _ = session.warm_up();
    Ok(session)
}
