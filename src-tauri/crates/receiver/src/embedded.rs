//! An office that is served inside another program, on threads of its own: the demonstration's, and tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::office::{Office, OfficeError};
use crate::serving::{Wish, serve};

/// Threads that answer: one station is there.
const WORKERS: usize = 2;

/// An office that is served until this is dropped.
#[derive(Debug)]
pub struct Embedded {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), OfficeError>>>,
}

impl Embedded {
    /// Begins to serve; ask for port 0 to be given one that is free.
    ///
    /// # Errors
    /// It cannot begin: another program serves the folder, or the address is taken.
    pub fn start(office: Arc<Office>, wish: Wish) -> Result<Self, OfficeError> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = channel();
        let thread = thread::Builder::new().name("office".into()).spawn(move || {
            let listening = move |address| {
                // Whoever started it waits for this word, or is gone and stops it.
                let _ = tell.send(address);
            };
            runtime.block_on(serve(office, wish, listening, async {
                // Dropped or sent, it is time.
                let _ = stopped.await;
            }))
        })?;
        match told.recv() {
            Ok(address) => Ok(Self { address, stop: Some(stop), thread: Some(thread) }),
            Err(_) => Err(match thread.join() {
                Ok(Err(error)) => error,
                Ok(Ok(())) | Err(_) => OfficeError::Key("the office's thread"),
            }),
        }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops once requests under way are answered.
    ///
    /// # Errors
    /// It had stopped before, and why.
    pub fn stop(mut self) -> Result<(), OfficeError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), OfficeError> {
        self.stop.take();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(done)) => done,
            None => Ok(()),
            Some(Err(_)) => Err(OfficeError::Key("the office's thread")),
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // What it had to say is in its log.
        let _ = self.end();
    }
}
