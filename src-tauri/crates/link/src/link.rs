//! The link as others see it: requests in, events out, one thread behind it.

use std::io::{self, Read};
use std::sync::Arc;
use std::thread::JoinHandle;

use rekam_sync::{Answer, Exchange, Failure, Upload};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::carrier::{Carrier, Command, Errand};
use crate::config::{LinkConfig, LinkError};
use crate::connect::Line;

/// The bytes of an upload, from where they were asked for to its end.
pub type Content = Box<dyn Read + Send>;

/// What the link tells. For an exchange: any number of `Progress`, then one `Answer` or `Failure`, unless it was
/// given up.
#[derive(Debug)]
pub enum Event {
    /// A connection to the office stands.
    Connected {
        /// Which of the addresses.
        address: usize,
        /// The congestion control the kernel gave: `bbr` was asked for.
        congestion: String,
    },
    /// For `Engine::handle_progress`.
    Progress {
        /// The exchange.
        exchange: u64,
        /// Bytes of its body that have left, in all.
        written: u64,
    },
    /// For `Engine::handle_answer`.
    Answer {
        /// The exchange.
        exchange: u64,
        /// What came.
        answer: Answer,
    },
    /// For `Engine::handle_failure`.
    Failure {
        /// The exchange.
        exchange: u64,
        /// Why there was no answer.
        failure: Failure,
    },
    /// The outbox did not give the bytes of this exchange; its `Failure` follows.
    SourceFailed {
        /// The exchange.
        exchange: u64,
        /// What the outbox said.
        error: io::Error,
    },
    /// What was fetched, or why not.
    Fetched {
        /// What was asked for.
        fetch: Fetch,
        /// What came.
        fetched: Fetched,
    },
}

/// What a station fetches for its own admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// Its newest bundle.
    Bundle {
        /// Unless it is the one with this number, which is here already.
        held: Option<u64>,
    },
    /// Its first bundle, by its public transport key; needs no certificate.
    Admission {
        /// The key.
        transport: [u8; 32],
    },
}

/// What came of a [`Fetch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A signed bundle, not yet checked.
    Bundle(Vec<u8>),
    /// The one that is here is the newest.
    Unchanged,
    /// The office has not made one.
    NotYet,
    /// The office answered with this status.
    Refused(u16),
    /// Somebody else answered.
    Stranger,
    /// Nobody answered.
    Failed(Failure),
}

/// The line to the office. Ends its thread when dropped.
#[derive(Debug)]
pub struct Link {
    commands: Option<UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Link {
    /// Starts the thread. `open` gives the bytes of an upload from an offset on; `tell` takes events and must not
    /// wait: both are called on the link's thread.
    ///
    /// # Errors
    /// Something in the configuration cannot be used.
    pub fn start(
        config: &LinkConfig,
        open: impl FnMut(Upload, u64) -> io::Result<Content> + Send + 'static,
        tell: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, LinkError> {
        let line = Arc::new(Line::new(config)?);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LinkError::Thread)?;
        let (commands, asked) = unbounded_channel();
        let carrier = Carrier::new(line, Box::new(open), Box::new(tell));
        let work = move || {
            runtime.block_on(carrier.run(asked));
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
        };
        let thread =
            std::thread::Builder::new().name("link".into()).spawn(work).map_err(LinkError::Thread)?;
        Ok(Self { commands: Some(commands), thread: Some(thread) })
    }

    /// Carries a request; what comes of it is told. One that is still under way is finished first.
    pub fn carry(&self, exchange: Exchange) {
        self.send(Command::Carry(Errand::Exchange(exchange)));
    }

    /// Gives an exchange up. Events about it that were told before may still be on their way.
    pub fn abort(&self, exchange: u64) {
        self.send(Command::Abort(exchange));
    }

    /// Fetches the station's admission, after what is under way.
    pub fn fetch(&self, fetch: Fetch) {
        self.send(Command::Carry(Errand::Fetch(fetch)));
    }

    fn send(&self, command: Command) {
        // The thread ends only with the link.
        let _ = self.commands.as_ref().map(|commands| commands.send(command));
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
