use super::*;

const MAX: usize = 1000;

fn whole(framing: Framing, text: &[u8]) -> Result<Option<Vec<u8>>, HttpFault> {
    let mut body = Body::new(framing, MAX)?;
    let mut input = text.to_vec();
    Ok(body.take(&mut input)?.then(|| body.into_bytes()))
}

#[test]
fn takes_its_own_bytes_and_leaves_the_next_answer() {
    let mut body = Body::new(Framing::Length(3), MAX).unwrap();
    let mut input = b"abcHTTP".to_vec();
    assert_eq!(body.take(&mut input), Ok(true));
    assert_eq!((body.into_bytes().as_slice(), input.as_slice()), (b"abc".as_slice(), b"HTTP".as_slice()));
}

#[test]
fn reads_chunks_however_they_are_cut() {
    let text = b"4;x=y\r\nWiki\r\nA\r\n0123456789\r\n0\r\nT: r\r\n\r\nHTTP";
    for step in 1..text.len() {
        let mut body = Body::new(Framing::Chunked, MAX).unwrap();
        let (mut input, mut is_done) = (Vec::new(), false);
        for piece in text.chunks(step) {
            input.extend(piece);
            is_done = is_done || body.take(&mut input).unwrap();
        }
        assert!(is_done && input == b"HTTP", "steps of {step}");
        assert_eq!(body.into_bytes(), b"Wiki0123456789");
    }
}

#[test]
fn refuses_wrong_chunks() {
    for text in ["x\r\n", "-1\r\n", "\r\n", "3\r\nabcd\r\n", "3\r\nabcXY", "0x3\r\nabc"] {
        assert_eq!(whole(Framing::Chunked, text.as_bytes()), Err(HttpFault::Malformed), "{text:?}");
    }
}

#[test]
fn bombs_are_refused_before_they_fill_memory() {
    assert_eq!(whole(Framing::Length(MAX as u64 + 1), b""), Err(HttpFault::TooLarge));
    assert_eq!(whole(Framing::Chunked, b"fffffffffffffffff\r\n"), Err(HttpFault::TooLarge));
    assert_eq!(whole(Framing::UntilClose, &[0; MAX + 1]), Err(HttpFault::TooLarge));
    assert_eq!(whole(Framing::Chunked, "1\r\na\r\n".repeat(MAX + 1).as_bytes()), Err(HttpFault::TooLarge));
    assert_eq!(whole(Framing::Chunked, "9".repeat(300).as_bytes()), Err(HttpFault::TooLarge));
    let trailer = format!("0\r\n{}", "T: r\r\n".repeat(TRAILER_BYTES_MAX));
    assert_eq!(whole(Framing::Chunked, trailer.as_bytes()), Err(HttpFault::TooLarge));
}

#[test]
fn an_early_end_is_seen() {
    let mut short = Body::new(Framing::Length(5), MAX).unwrap();
    assert_eq!(short.take(&mut b"abc".to_vec()), Ok(false));
    assert!(!short.end());
    let mut open = Body::new(Framing::UntilClose, MAX).unwrap();
    assert_eq!(open.take(&mut b"abc".to_vec()), Ok(false));
    assert!(open.end());
}

/// A small generator with a fixed beginning, so that a failure comes again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Answers by chance, cut by chance: whatever comes, the same bytes mean the same however they are cut, and no more
/// is held than the bound.
#[test]
fn damaged_answers_mean_the_same_however_they_come() {
    use crate::http::head::Head;
    let seeds: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nRekam-Signed: YWJj\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;a\r\npedia\r\n0\r\nA: b\r\n\r\n",
        b"HTTP/1.0 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Type: text/html\r\n\r\n<html>",
    ];
    let read = |bytes: &[u8], step: usize| -> Result<Option<(Head, Vec<u8>, bool)>, HttpFault> {
        let (mut input, mut pieces) = (Vec::new(), bytes.chunks(step.max(1)));
        let (head, length) = loop {
            if let Some(found) = Head::read(&input)? {
                break found;
            }
            match pieces.next() {
                Some(piece) => input.extend(piece),
                None => return Ok(None),
            }
        };
        input.drain(..length);
        let mut body = Body::new(head.framing(false)?, MAX)?;
        while !body.take(&mut input)? {
            assert!(body.bytes.len() <= MAX);
            match pieces.next() {
                Some(piece) => input.extend(piece),
                None => break,
            }
        }
        let is_whole = body.end();
        Ok(Some((head, body.into_bytes(), is_whole)))
    };
    let mut chance = Chance(0x5eed_2026);
    for round in 0..20_000 {
        let mut bytes = seeds[chance.below(seeds.len())].to_vec();
        for _ in 0..=chance.below(4) {
            let place = chance.below(bytes.len());
            match chance.below(4) {
                0 => bytes[place] = u8::try_from(chance.below(256)).unwrap(),
                1 if bytes.len() > 1 => drop(bytes.remove(place)),
                2 => bytes.insert(place, b"\r\n:;0aF \xff"[chance.below(9)]),
                _ => bytes.truncate(place + 1),
            }
        }
        let at_once = read(&bytes, bytes.len());
        assert_eq!(at_once, read(&bytes, 1), "round {round}: {:?}", String::from_utf8_lossy(&bytes));
    }
}
