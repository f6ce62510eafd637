//! A request on its way: bytes that leave, arrive or vanish, and the answer that comes back or does not.

use rekam_sync::{Answer, Exchange, Failure, Request, Upload};
use uuid::Uuid;

use super::flaw::{self, Flaw};
use super::office::Door;
use super::weather::{self, Sky};
use super::{Event, World, word};

/// In flight when a line breaks.
const IN_FLIGHT_MAX: u64 = 64 * 1024;
/// Bytes are moved in at most so many steps.
const STEPS: u64 = 6;

/// A request on its way.
pub(crate) struct Transfer {
    pub(crate) exchange: u64,
    /// With the names the office sees.
    request: Request,
    content: Option<Uuid>,
    base: u64,
    body: u64,
    written: u64,
    /// Breaks after so many bytes.
    cut_at: Option<u64>,
    is_half_open: bool,
    is_swallowed: bool,
    is_in: bool,
}

impl World {
    pub(crate) fn start(&mut self, number: usize, exchange: Exchange) {
        let boot = self.stations[number].boot;
        let weather = self.stations[number].weather;
        let body = exchange.request.body_bytes();
        let content = exchange.request.upload().map(|upload| upload.item);
        let base = offset_of(&exchange.request);
        let request = renamed(exchange.request, self.flaw, boot);
        let is_cut = self.chance.in_thousand(weather.cuts);
        let is_swallowed = matches!(weather.sky, Sky::Swallower { longest } if body > longest);
        let transfer = Transfer {
            exchange: exchange.id,
            request,
            content,
            base,
            body,
            written: 0,
            cut_at: is_cut.then(|| self.chance.range(0, body + 1)),
            is_half_open: self.chance.in_thousand(weather.half_open),
            is_swallowed,
            is_in: false,
        };
        self.stations[number].transfer = Some(transfer);
        let exchange = exchange.id;
        if let Sky::Broken(failure) = weather.sky {
            self.after(weather.latency_ms, Event::Failed { station: number, boot, exchange, failure });
        } else if weather.sky != Sky::BlackHole {
            self.after(weather.latency_ms, Event::Tick { station: number, boot, exchange });
        }
    }

    /// A step of a transfer.
    pub(crate) fn tick(&mut self, number: usize, boot: u32, exchange: u64) {
        if self.stations[number].boot != boot {
            return;
        }
        let Some(mut transfer) = self.stations[number].transfer.take_if(|open| open.exchange == exchange)
        else {
            return;
        };
        let next = self.move_on(number, &mut transfer);
        let written = transfer.written;
        self.stations[number].transfer = Some(transfer);
        let now = self.now(number);
        if let Some(engine) = &mut self.stations[number].engine {
            engine.handle_progress(exchange, written, now);
        }
        match next {
            Next::Step(wait_ms) => self.after(wait_ms, Event::Tick { station: number, boot, exchange }),
            Next::Answer(answer) => self.send_back(number, exchange, answer),
            Next::Fail(failure) => self.after(1, Event::Failed { station: number, boot, exchange, failure }),
            Next::Silence => {}
        }
        self.pump(number);
    }

    fn move_on(&mut self, number: usize, transfer: &mut Transfer) -> Next {
        let weather = self.stations[number].weather;
        let stranger = weather.stranger(&mut self.chance);
        if let Some((answer, _)) = stranger {
            let written =
                transfer.body.min(IN_FLIGHT_MAX) - transfer.written.min(transfer.body.min(IN_FLIGHT_MAX));
            self.write(number, transfer, written, Fate::Lost);
            return Next::Answer(answer);
        }
        if !self.office.is_up {
            return Next::Fail(if transfer.is_in { Failure::Cut } else { Failure::ConnectionRefused });
        }
        if !transfer.is_swallowed && !transfer.is_in {
            match self.office.knock(&transfer.request, transfer.content, self.now_ms) {
                Door::Open => transfer.is_in = true,
                Door::Shut(answer) => {
                    let early = transfer.body.min(IN_FLIGHT_MAX);
                    self.stations[number].wire.doors += 1;
                    self.write(number, transfer, early, Fate::Vain);
                    return Next::Answer(answer);
                }
            }
        }
        self.move_bytes(number, transfer, weather.bytes_per_s)
    }

    fn move_bytes(&mut self, number: usize, transfer: &mut Transfer, bytes_per_s: u64) -> Next {
        let left = transfer.body - transfer.written;
        let step = (transfer.body / STEPS).max(bytes_per_s).min(left);
        let to_cut = transfer.cut_at.map_or(u64::MAX, |cut_at| cut_at.saturating_sub(transfer.written));
        let fate = if transfer.is_swallowed { Fate::Swallowed } else { Fate::Taken };
        self.write(number, transfer, step.min(to_cut), fate);
        if to_cut <= step {
            let in_flight = (transfer.body - transfer.written).min(IN_FLIGHT_MAX);
            self.write(number, transfer, in_flight, Fate::Lost);
            transfer.cut_at = Some(u64::MAX);
            return if transfer.is_half_open { Next::Silence } else { Next::Fail(Failure::Cut) };
        }
        if step > 0 {
            return Next::Step((step * 1_000 / bytes_per_s).max(1));
        }
        if transfer.is_swallowed {
            return if transfer.is_half_open { Next::Silence } else { Next::Fail(Failure::Cut) };
        }
        self.finish(number, transfer)
    }

    fn finish(&mut self, number: usize, transfer: &Transfer) -> Next {
        let wall_ms = self.wall_ms();
        let mut answer = match &transfer.request {
            Request::Feed { cursor } => self.page(number, cursor, wall_ms),
            Request::Probe { .. }
            | Request::Create { .. }
            | Request::Head { .. }
            | Request::Patch { .. }
            | Request::Ask { .. } => {
                let entries = self.office.ledger.len();
                let answer = self.office.answer(
                    &transfer.request,
                    &self.truths,
                    &mut self.chance,
                    (self.now_ms, wall_ms),
                );
                if self.office.ledger.len() > entries {
                    self.entered(entries);
                }
                answer
            }
        };
        answer.office_ms = Some(wall_ms);
        if self.chance.in_thousand(self.stations[number].weather.repeats) {
            let wait_ms = self.chance.spread(10, 600_000);
            let repeat = Event::Repeat { request: transfer.request.clone(), content: transfer.content };
            self.after(wait_ms, repeat);
        }
        if !self.is_calm && self.chance.in_thousand(self.office_deaths) {
            self.office_crash();
            return Next::Fail(Failure::Cut);
        }
        Next::Answer(answer)
    }

    fn page(&mut self, number: usize, cursor: &str, wall_ms: i64) -> Answer {
        let mut answer = self.office.page(number, cursor, &mut self.chance, wall_ms);
        if !self.is_calm && self.chance.in_thousand(30) {
            let items: Vec<Uuid> = self.stations[number].disk.rows.keys().copied().collect();
            if let Some(item) = items.get(self.chance.range(0, items.len() as u64) as usize) {
                let blobs = self.truths.get(item).map_or(0, |truth| truth.blob_count);
                let receipt = word::receipt(*item, blobs, "opened", 1 << 40, wall_ms - 86_400_000);
                answer.signed.push([word::FORGED.as_bytes(), &receipt].concat());
            }
        }
        answer
    }

    fn write(&mut self, number: usize, transfer: &mut Transfer, bytes: u64, fate: Fate) {
        let wire = &mut self.stations[number].wire;
        wire.written += bytes;
        match fate {
            Fate::Taken => {
                let Some(upload) = transfer.request.upload() else { return };
                let taken = self.office.append(upload, transfer.base + transfer.written, bytes, self.now_ms);
                wire.taken += taken;
                // The office forgot the upload under the request, or has the packet by another way.
                wire.lost += bytes - taken;
            }
            Fate::Lost => wire.lost += bytes,
            Fate::Swallowed => {
                wire.lost += bytes;
                wire.swallowed += bytes;
            }
            Fate::Vain => {}
        }
        transfer.written += bytes;
    }

    fn send_back(&mut self, station: usize, exchange: u64, answer: Answer) {
        let weather = self.stations[station].weather;
        let boot = self.stations[station].boot;
        if self.chance.in_thousand(weather.lost_answers) {
            if !self.chance.in_thousand(weather.half_open) {
                let failure = Failure::Cut;
                self.after(weather.latency_ms, Event::Failed { station, boot, exchange, failure });
            }
            return;
        }
        self.after(weather.latency_ms, Event::Answered { station, boot, exchange, answer: Box::new(answer) });
    }

    pub(crate) fn answered(&mut self, number: usize, boot: u32, exchange: u64, mut answer: Answer) {
        let now = self.now(number);
        if self.stations[number].boot != boot {
            return;
        }
        let Some(open) = self.stations[number].transfer.take_if(|open| open.exchange == exchange) else {
            return;
        };
        let is_stranger = !answer.is_marked;
        if is_stranger {
            let cause = if answer.is_html || answer.status == 302 {
                rekam_sync::Cause::CaptivePortal
            } else {
                rekam_sync::Cause::ProxyLies
            };
            self.stations[number].expected = Some(cause);
            self.note_failed(number);
        }
        self.distort(&open.request, &mut answer);
        if self.is_told {
            self.say(format!(
                "station {number}: {exchange} answered {} offset {:?}",
                answer.status, answer.offset
            ));
        }
        if let Some(engine) = &mut self.stations[number].engine {
            engine.handle_answer(exchange, answer, now);
            if is_stranger && self.flaw == Some(Flaw::KnocksWithoutPause) {
                engine.handle_hint(rekam_sync::Hint::NetworkUp, now);
            }
        }
        self.expect_cause(number);
        self.pump(number);
    }

    /// What a flawed station makes of an answer.
    fn distort(&self, request: &Request, answer: &mut Answer) {
        match self.flaw {
            Some(Flaw::TrustsStrangers) if !answer.is_marked => {
                answer.is_marked = true;
                answer.offset = Some(0);
            }
            Some(Flaw::StartsUploadsOver) if matches!(request, Request::Head { .. }) => {
                answer.offset = answer.offset.map(|_| 0);
            }
            Some(Flaw::NeverSendsAgain) if matches!(request, Request::Ask { .. }) => answer.status = 200,
            Some(Flaw::IgnoresLaterReceipts) => {
                answer.signed.retain(|bytes| !bytes.windows(6).any(|word| word == b"opened"));
            }
            Some(_) | None => {}
        }
    }

    pub(crate) fn failed(&mut self, number: usize, boot: u32, exchange: u64, failure: Failure) {
        let now = self.now(number);
        if self.stations[number].boot != boot {
            return;
        }
        let Some(open) = self.stations[number].transfer.take_if(|open| open.exchange == exchange) else {
            return;
        };
        self.note_failed(number);
        self.say(format!("station {number}: {exchange} {failure:?}"));
        let is_mere_cut = failure == Failure::Cut && open.written > 0;
        self.stations[number].expected = (!is_mere_cut).then(|| weather::cause_of(failure));
        if let Some(engine) = &mut self.stations[number].engine {
            engine.handle_failure(exchange, failure, now);
            if self.flaw == Some(Flaw::KnocksWithoutPause) {
                engine.handle_hint(rekam_sync::Hint::NetworkUp, now);
            }
        }
        self.expect_cause(number);
        self.pump(number);
    }

    pub(crate) fn note_failed(&mut self, number: usize) {
        let hour = self.now_ms / super::HOUR_MS;
        *self.stations[number].wire.failed.entry(hour).or_insert(0) += 1;
    }

    /// The connection is gone; what was under way stays where it came to.
    pub(crate) fn cut_transfer(&mut self, number: usize) {
        self.stations[number].transfer = None;
    }

    /// Something on the way hands a request on once more.
    pub(crate) fn repeat(&mut self, request: &Request, content: Option<Uuid>) {
        if !self.office.is_up || matches!(request, Request::Feed { .. }) {
            return;
        }
        if let Door::Open = self.office.knock(request, content, self.now_ms) {
            if let Some(upload) = request.upload() {
                self.office.append(upload, offset_of(request), request.body_bytes(), self.now_ms);
            }
            let entries = self.office.ledger.len();
            let now = (self.now_ms, self.wall_ms());
            let _ = self.office.answer(request, &self.truths, &mut self.chance, now);
            if self.office.ledger.len() > entries {
                self.entered(entries);
            }
        }
    }
}

enum Next {
    Step(u64),
    Answer(Answer),
    Fail(Failure),
    Silence,
}

enum Fate {
    Taken,
    Lost,
    Swallowed,
    Vain,
}

fn offset_of(request: &Request) -> u64 {
    if let Request::Patch { offset, .. } = request { *offset } else { 0 }
}

fn renamed(request: Request, flaw: Option<Flaw>, boot: u32) -> Request {
    let name = |upload: Upload| Upload { item: flaw::rename(flaw, upload.item, boot), part: upload.part };
    match request {
        Request::Create { upload, length, send } => Request::Create { upload: name(upload), length, send },
        Request::Head { upload } => Request::Head { upload: name(upload) },
        Request::Patch { upload, offset, send } => Request::Patch { upload: name(upload), offset, send },
        Request::Probe { .. } | Request::Ask { .. } | Request::Feed { .. } => request,
    }
}
