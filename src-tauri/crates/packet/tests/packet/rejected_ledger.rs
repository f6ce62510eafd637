//! Packets that are sound in themselves, and that the office refuses because of what it remembers.

use rekam_packet::LedgerRefusal::*;
use rekam_packet::*;

use crate::recipe::Recipe;
use crate::sample::*;
use crate::vectors::{Memory, Vector};

/// `chain` are the accepted vectors: the first two are packets 1 and 2 of the station.
pub(crate) fn rejected(chain: &[Vector]) -> Vec<Vector> {
    let hash = |vector: &Vector| read_unverified(&mut vector.bytes.as_slice()).unwrap().hash();
    let (first, second) = (&chain[0], &chain[1]);
    let received = |files: &[&Vector]| Memory {
        received: files.iter().map(|vector| vector.file()).collect(),
        ..Memory::default()
    };
    let make = |name: &str, sample: Sample, refusal, memory| {
        Vector::reject_with(name, Recipe::of(sample).make(), Refusal::Ledger(refusal), memory)
    };

    let mut revoked = received(&[first, second]);
    revoked.revoked.push((STATION.to_owned(), 2));
    let third = Sample::short("reject-station-revoked", 3, hash(second));

    let mut taken = Sample::short("reject-id-taken", 2, hash(first));
    taken.facts.packet_id = Sample::full("accept-ordinary", 1, Digest::NONE).facts.packet_id;

    let fork = Sample::short("reject-number-given-twice", 2, hash(first));
    let before = Sample::short("reject-not-what-its-follower-names", 1, Digest::NONE);
    let link = Sample::short("reject-wrong-chain-link", 2, Digest::of(b"not the first packet"));

    let withdrawn = Sample::short("reject-withdrawn-before-it-came", 3, hash(second));
    let mut notice = received(&[first, second]);
    notice.withdrawn.push(withdrawn.facts.packet_id.to_string());

    let mut elsewhere = Sample::short("reject-supersedes-of-another-station", 1, Digest::NONE);
    elsewhere.facts.station =
        StationRef { id: OTHER_STATION.into(), key: key(5).public_key(), trust: KeyTrust::Software };
    elsewhere.facts.supersedes = read_unverified(&mut first.bytes.as_slice()).ok().map(|m| m.packet_id);
    let mut elsewhere = Recipe::of(elsewhere);
    elsewhere.station = key(5);

    vec![
        make("reject-station-revoked", third, StationRevoked, revoked),
        make("reject-id-taken", taken, PacketIdTaken, received(&[first])),
        make("reject-number-given-twice", fork, ChainFork, received(&[first, second])),
        make("reject-not-what-its-follower-names", before, ChainFork, received(&[second])),
        make("reject-wrong-chain-link", link, ChainLink, received(&[first])),
        make("reject-withdrawn-before-it-came", withdrawn, Withdrawn, notice),
        Vector::reject_with(
            "reject-supersedes-of-another-station",
            elsewhere.make(),
            Refusal::Ledger(SupersedesElsewhere),
            received(&[first]),
        ),
    ]
}
