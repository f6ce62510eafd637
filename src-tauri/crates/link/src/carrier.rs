//! What runs on the link's thread: one request after the other, and an ear for those who give one up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rekam_sync::{Exchange, Failure, Upload};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout};

use crate::answer;
use crate::connect::{Connection, Line};
use crate::exchange::{self, Leaving, Reply};
use crate::fault::Trouble;
use crate::link::{Content, Event, Fetch, Fetched};
use crate::outgoing::{Outgoing, Piece, Wants};
use crate::pace::Pace;

/// Progress is told after so many bytes, or so long.
const PROGRESS_BYTES: u64 = 64 * 1024;
const PROGRESS_EVERY: Duration = Duration::from_millis(100);
/// The engine gives up its own requests; what is fetched beside them may hold the line no longer than this.
const FETCH_MAX: Duration = Duration::from_secs(60);

/// What the link is asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Carry(Errand),
    Abort(u64),
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Errand {
    Exchange(Exchange),
    Fetch(Fetch),
}

impl Errand {
    const fn id(&self) -> Option<u64> {
        match self {
            Self::Exchange(exchange) => Some(exchange.id),
            Self::Fetch(_) => None,
        }
    }
}

pub(crate) type Open = Box<dyn FnMut(Upload, u64) -> std::io::Result<Content> + Send>;
pub(crate) type Tell = Box<dyn FnMut(Event) + Send>;

/// The state of the thread.
pub(crate) struct Carrier {
    line: Arc<Line>,
    connection: Option<Connection>,
    open: Open,
    tell: Tell,
}

impl Carrier {
    pub(crate) const fn new(line: Arc<Line>, open: Open, tell: Tell) -> Self {
        Self { line, connection: None, open, tell }
    }

    /// Works until nobody can ask for anything any more.
    pub(crate) async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        let mut waiting = VecDeque::new();
        loop {
            let errand = match waiting.pop_front() {
                Some(errand) => errand,
                None => match commands.recv().await {
                    Some(Command::Carry(errand)) => errand,
                    Some(Command::Abort(_)) => continue,
                    None => return,
                },
            };
            let id = errand.id();
            let mut work = std::pin::pin!(self.work(errand));
            loop {
                tokio::select! {
                    () = &mut work => break,
                    command = commands.recv() => match command {
                        Some(Command::Carry(errand)) => waiting.push_back(errand),
                        // Dropping the work drops its connection, and with it what lies unsent.
                        Some(Command::Abort(given_up)) if id == Some(given_up) => break,
                        Some(Command::Abort(given_up)) => {
                            waiting.retain(|errand: &Errand| errand.id() != Some(given_up));
                        }
                        None => return,
                    },
                }
            }
        }
    }

    async fn work(&mut self, errand: Errand) {
        let event = match errand {
            Errand::Exchange(exchange) => self.exchange(&exchange).await,
            Errand::Fetch(fetch) => {
                let fetched = timeout(FETCH_MAX, self.fetch(&fetch)).await;
                let fetched = fetched.unwrap_or(Fetched::Failed(Failure::Cut));
                Event::Fetched { fetch, fetched }
            }
        };
        (self.tell)(event);
    }

    async fn exchange(&mut self, exchange: &Exchange) -> Event {
        let id = exchange.id;
        let outgoing = Outgoing::of(&exchange.request);
        let failed = |failure| Event::Failure { exchange: id, failure };
        let reply = match self.carry(&outgoing, id, exchange.bytes_per_second_max).await {
            Ok(reply) => reply,
            Err(Trouble::Failure(failure)) => return failed(failure),
            Err(Trouble::Stranger(answer)) => return Event::Answer { exchange: id, answer },
            Err(Trouble::Source(error)) => {
                (self.tell)(Event::SourceFailed { exchange: id, error });
                return failed(Failure::Cut);
            }
        };
        let mut answer = answer::read(&reply.head);
        if outgoing.wants == Wants::Page && answer.status == 200 && answer.is_marked {
            match answer::read_page(&reply.body) {
                Ok(page) => answer.signed.extend(page),
                Err(_) => return failed(Failure::Nonsense),
            }
        }
        Event::Answer { exchange: id, answer }
    }

    async fn fetch(&mut self, fetch: &Fetch) -> Fetched {
        match self.carry(&Outgoing::fetching(fetch), 0, None).await {
            Ok(reply) if !answer::read(&reply.head).is_marked => Fetched::Stranger,
            Ok(reply) => match reply.head.status {
                200 => Fetched::Bundle(reply.body),
                304 => Fetched::Unchanged,
                404 => Fetched::NotYet,
                status => Fetched::Refused(status),
            },
            Err(Trouble::Failure(failure)) => Fetched::Failed(failure),
            Err(Trouble::Stranger(_) | Trouble::Source(_)) => Fetched::Stranger,
        }
    }

    /// Carries a request on the connection there is, or on a new one.
    async fn carry(&mut self, outgoing: &Outgoing, id: u64, rate: Option<u32>) -> Result<Reply, Trouble> {
        if let Some(mut connection) = self.connection.take()
            && connection.is_open().await
        {
            match self.speak(&mut connection, outgoing, id, rate).await {
                // A gate may have forgotten a silent connection: without a body nothing is lost by asking anew.
                Err(Trouble::Failure(Failure::Cut)) if outgoing.piece.is_none() => {}
                Ok(reply) => return Ok(self.keep(connection, reply)),
                Err(trouble) => return Err(trouble),
            }
        }
        let mut connection = self.line.connect().await?;
        let congestion = connection.congestion();
        (self.tell)(Event::Connected { address: connection.address, congestion });
        let reply = self.speak(&mut connection, outgoing, id, rate).await?;
        Ok(self.keep(connection, reply))
    }

    async fn speak(
        &mut self,
        connection: &mut Connection,
        outgoing: &Outgoing,
        id: u64,
        rate: Option<u32>,
    ) -> Result<Reply, Trouble> {
        let Some(Piece { upload, offset, length }) = outgoing.piece else {
            return exchange::run(connection, outgoing, None).await;
        };
        let content = (self.open)(upload, offset).map_err(Trouble::Source)?;
        let tell = &mut self.tell;
        let (mut written, mut told, mut told_at) = (0, 0, Instant::now());
        let mut count = |now_written: u64| {
            written = now_written;
            if written - told >= PROGRESS_BYTES || told_at.elapsed() >= PROGRESS_EVERY {
                (told, told_at) = (written, Instant::now());
                tell(Event::Progress { exchange: id, written });
            }
        };
        let leaving = Leaving { content, length, pace: Pace::new(rate), written: &mut count };
        let reply = exchange::run(connection, outgoing, Some(leaving)).await;
        // The engine counts what left before it hears how it went.
        if written > told {
            tell(Event::Progress { exchange: id, written });
        }
        reply
    }

    fn keep(&mut self, connection: Connection, reply: Reply) -> Reply {
        self.connection = reply.can_stay.then_some(connection);
        reply
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::config::LinkConfig;

    #[test]
    fn a_fetch_nobody_answers_does_not_hold_the_line_for_ever() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let root = rcgen::generate_simple_self_signed(vec!["office".into()]).unwrap();
        let config = LinkConfig {
            addresses: vec![silent.local_addr().unwrap().to_string()],
            office_root: root.cert.der().to_vec(),
            identity: None,
            proxy: None,
        };
        let (events, heard) = mpsc::channel();
        let line = Arc::new(Line::new(&config).unwrap());
        let open: Open = Box::new(|_, _| Err(std::io::ErrorKind::NotFound.into()));
        let carrier = Carrier::new(line, open, Box::new(move |event| _ = events.send(event)));
        let (commands, asked) = unbounded_channel();
        commands.send(Command::Carry(Errand::Fetch(Fetch::Bundle { held: None }))).unwrap();
        let mut clock = tokio::runtime::Builder::new_current_thread();
        let runtime = clock.enable_all().start_paused(true).build().unwrap();
        let day = Duration::from_secs(86_400);
        let ended = runtime.block_on(async { timeout(day, carrier.run(asked)).await });
        assert!(ended.is_err(), "it waits for more");
        let Ok(Event::Fetched { fetched, .. }) = heard.try_recv() else { panic!("the fetch never ends") };
        assert_eq!(fetched, Fetched::Failed(Failure::Cut));
    }
}
