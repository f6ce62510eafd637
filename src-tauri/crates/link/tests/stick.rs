//! The stick: whole exports only, and nothing believed that is not signed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, Cursor};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rekam_link::courier::{CourierError, Exported, Imported, Item, ItemKind, Spoilt, export, import};
use rekam_packet::notice::{CourierFile, CourierList, Notice as _, Payload as _};
use rekam_packet::{Digest, NoticeRefusal, SeedSigner, Signer as _, Trust};
use tempfile::TempDir;
use uuid::Uuid;

const AT_MS: i64 = 1_790_000_000_000;

fn station() -> SeedSigner {
    SeedSigner::from_seed(&[1; 32])
}

fn office() -> SeedSigner {
    SeedSigner::from_seed(&[2; 32])
}

fn trust() -> Trust {
    Trust::default()
        .with_office("dinas", office().public_key())
        .with_station("desk-1", station().public_key())
}

fn bytes_of(id: Uuid) -> Vec<u8> {
    let seed = id.as_bytes()[15];
    (0..100_000 + usize::from(seed)).map(|place| seed ^ (place % 251) as u8).collect()
}

fn items(numbers: &[u128]) -> Vec<Item> {
    let item = |number: &u128| {
        let id = Uuid::from_u128(*number);
        Item { id, kind: ItemKind::Packet, length: bytes_of(id).len() as u64 }
    };
    numbers.iter().map(item).collect()
}

fn fill(stick: &Path, items: &[Item], at_ms: i64) -> Result<Exported, CourierError> {
    let mut open = |id| Ok(Box::new(Cursor::new(bytes_of(id))) as rekam_link::Content);
    export(stick, ("desk-1", "dinas"), items, at_ms, &station(), &mut open)
}

fn folder(stick: &TempDir) -> PathBuf {
    stick.path().join("rekam/to-office/desk-1")
}

fn list(stick: &TempDir, at_ms: i64) -> CourierList {
    let bytes = fs::read(folder(stick).join(format!("courier-{at_ms}.cose"))).unwrap();
    CourierList::verify(&bytes, &trust()).unwrap()
}

/// Every file of the list is there as the list says.
fn is_whole(stick: &TempDir, at_ms: i64) -> bool {
    list(stick, at_ms).files.iter().all(|file| {
        let bytes = fs::read(folder(stick).join(&file.name)).unwrap_or_default();
        bytes.len() as u64 == file.length && Digest::of(&bytes) == file.sha256
    })
}

#[test]
fn an_export_is_signed_and_whole_and_a_second_one_writes_only_what_is_new() {
    let stick = TempDir::new().unwrap();
    let first = fill(stick.path(), &items(&[1, 2]), AT_MS).unwrap();
    assert_eq!((first.carried.len(), first.left.len()), (2, 0));
    let second = fill(stick.path(), &items(&[1, 2, 3]), AT_MS + 1).unwrap();
    assert_eq!(second.written, items(&[3])[0].length);
    assert!(is_whole(&stick, AT_MS) && is_whole(&stick, AT_MS + 1));
    assert_eq!(list(&stick, AT_MS + 1).files.len(), 3);
    let newest = fs::read(folder(&stick).join("courier.cose")).unwrap();
    assert_eq!(CourierList::verify(&newest, &trust()).unwrap(), list(&stick, AT_MS + 1));
    assert_eq!((list(&stick, AT_MS).from.as_str(), list(&stick, AT_MS).to.as_str()), ("desk-1", "dinas"));
}

#[test]
fn a_broken_export_leaves_the_earlier_one_whole() {
    let stick = TempDir::new().unwrap();
    fill(stick.path(), &items(&[1]), AT_MS).unwrap();
    let mut open = |id: Uuid| match id.as_u128() {
        3 => Err(io::ErrorKind::StorageFull.into()),
        _ => Ok(Box::new(Cursor::new(bytes_of(id))) as rekam_link::Content),
    };
    let broken =
        export(stick.path(), ("desk-1", "dinas"), &items(&[1, 2, 3]), AT_MS + 1, &station(), &mut open);
    assert!(matches!(broken, Err(CourierError::Source { .. })), "{broken:?}");
    assert!(is_whole(&stick, AT_MS));
    let newest = fs::read(folder(&stick).join("courier.cose")).unwrap();
    assert_eq!(CourierList::verify(&newest, &trust()).unwrap(), list(&stick, AT_MS));
    fill(stick.path(), &items(&[1, 2]), AT_MS + 2).unwrap();
    assert!(is_whole(&stick, AT_MS + 2));
}

#[test]
fn a_list_is_never_written_over() {
    let stick = TempDir::new().unwrap();
    fill(stick.path(), &items(&[1]), AT_MS).unwrap();
    let again = fill(stick.path(), &items(&[2]), AT_MS);
    assert!(matches!(again, Err(CourierError::Disk { .. })), "{again:?}");
    assert!(is_whole(&stick, AT_MS) && list(&stick, AT_MS).files.len() == 1);
}

#[test]
fn a_damaged_file_of_an_earlier_export_is_mended() {
    let stick = TempDir::new().unwrap();
    fill(stick.path(), &items(&[1]), AT_MS).unwrap();
    let file = folder(&stick).join(&list(&stick, AT_MS).files[0].name);
    let mut bytes = fs::read(&file).unwrap();
    bytes[50_000] ^= 1;
    fs::write(&file, bytes).unwrap();
    fill(stick.path(), &items(&[1]), AT_MS + 1).unwrap();
    assert!(is_whole(&stick, AT_MS) && is_whole(&stick, AT_MS + 1));
}

#[test]
fn a_stick_without_room_carries_what_fits_or_says_what_is_missing() {
    let stick = TempDir::new().unwrap();
    let mut wanted = items(&[1, 2, 3]);
    wanted[1].length = u64::MAX / 2;
    let done = fill(stick.path(), &wanted, AT_MS).unwrap();
    assert_eq!((done.carried, done.left), (vec![wanted[0].id], vec![wanted[1].id, wanted[2].id]));
    let full = fill(stick.path(), &wanted[1..2], AT_MS + 1);
    assert!(matches!(full, Err(CourierError::Full { needed, .. }) if needed > u64::MAX / 2), "{full:?}");
}

#[test]
fn a_link_on_the_stick_does_not_lead_the_export_astray() {
    let stick = TempDir::new().unwrap();
    let victim = stick.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    fs::create_dir_all(folder(&stick)).unwrap();
    let name = format!("{}.rekam", Uuid::from_u128(1));
    symlink(&victim, folder(&stick).join(format!("{name}.part"))).unwrap();
    symlink(&victim, folder(&stick).join(&name)).unwrap();
    fill(stick.path(), &items(&[1]), AT_MS).unwrap();
    assert_eq!(fs::read(victim).unwrap(), b"untouched");
    assert!(is_whole(&stick, AT_MS));
}

/// What an office, or somebody else, puts on a stick for the station.
struct Back {
    stick: TempDir,
    folder: PathBuf,
    files: Vec<CourierFile>,
}

impl Back {
    fn new() -> Self {
        let stick = TempDir::new().unwrap();
        let folder = stick.path().join("rekam/to-station/desk-1");
        fs::create_dir_all(&folder).unwrap();
        Self { stick, folder, files: Vec::new() }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.join(name), bytes).unwrap();
        let file = CourierFile { name: name.into(), length: bytes.len() as u64, sha256: Digest::of(bytes) };
        self.files.push(file);
    }

    fn messages(&mut self, messages: &[&[u8]]) {
        let messages: Vec<&minicbor::bytes::ByteSlice> = messages.iter().map(|one| (*one).into()).collect();
        self.put("messages.cbor", &minicbor::to_vec(messages).unwrap());
    }

    fn sign(&self, from: &str, to: &str, signer: &SeedSigner) {
        let files = self.files.clone();
        let list = CourierList { version: 1, from: from.into(), to: to.into(), at_ms: AT_MS, files };
        fs::write(self.folder.join("courier.cose"), list.sign(signer).unwrap()).unwrap();
    }

    fn read(&self) -> Result<(Vec<Vec<u8>>, Imported), CourierError> {
        let mut messages = Vec::new();
        let mut take = |bytes: &[u8]| messages.push(bytes.to_vec());
        let imported = import(self.stick.path(), "desk-1", &trust(), &mut take)?;
        assert_eq!(imported.taken, messages.len());
        Ok((messages, imported))
    }

    /// The office signs it as it stands, then somebody does this to the messages on it.
    fn spoilt(mut self, act: impl FnOnce(&mut Self, &Path)) -> Option<Spoilt> {
        self.messages(&[b"receipt"]);
        self.put("bundle.cose", b"bundle");
        self.sign("dinas", "desk-1", &office());
        let path = self.folder.join("messages.cbor");
        act(&mut self, &path);
        let (messages, imported) = self.read().unwrap();
        assert_eq!(
            (messages.len(), imported.bundle.as_deref()),
            (0, Some(b"bundle".as_slice())),
            "the rest is taken"
        );
        imported.spoilt.first().map(|(_, spoilt)| *spoilt)
    }
}

#[test]
fn what_the_office_says_comes_in_whatever_else_lies_there() {
    let mut back = Back::new();
    back.messages(&[b"hour", b"receipt"]);
    back.put("bundle.cose", b"bundle");
    back.put("program.exe", b"run me");
    back.sign("dinas", "desk-1", &office());
    fs::write(back.folder.join("left-over.cose"), "nobody lists me").unwrap();
    let (messages, imported) = back.read().unwrap();
    assert_eq!(messages, [b"hour".to_vec(), b"receipt".to_vec()]);
    assert_eq!((imported.from.as_str(), imported.bundle.as_deref()), ("dinas", Some(b"bundle".as_slice())));
    assert_eq!(imported.spoilt, [("program.exe".to_owned(), Spoilt::Unknown)]);
}

#[test]
fn a_stranger_is_refused_by_name() {
    let mut back = Back::new();
    back.messages(&[b"receipt"]);
    back.sign("kantor-palsu", "desk-1", &SeedSigner::from_seed(&[9; 32]));
    let refused = back.read();
    assert!(
        matches!(&refused, Err(CourierError::Stranger { from, .. }) if from == "kantor-palsu"),
        "{refused:?}"
    );
    // With the office's name, but another key.
    back.sign("dinas", "desk-1", &SeedSigner::from_seed(&[9; 32]));
    let refused = back.read();
    let is_key = |refusal: &NoticeRefusal| *refusal == NoticeRefusal::KeyUnknown;
    assert!(
        matches!(&refused, Err(CourierError::Stranger { from, refusal }) if from == "dinas" && is_key(refusal))
    );
    // Signed by a station that is known: only an office writes back.
    back.sign("desk-1", "desk-1", &station());
    assert!(matches!(back.read(), Err(CourierError::Stranger { from, .. }) if from == "desk-1"));
}

#[test]
fn a_stick_for_somebody_else_or_for_nobody_says_so() {
    let mut back = Back::new();
    assert!(matches!(back.read(), Err(CourierError::Nothing)));
    back.messages(&[b"receipt"]);
    back.sign("dinas", "desk-2", &office());
    assert!(matches!(back.read(), Err(CourierError::Elsewhere { to }) if to == "desk-2"));
    let empty = TempDir::new().unwrap();
    let none = import(empty.path(), "desk-1", &trust(), &mut |_| ());
    assert!(matches!(none, Err(CourierError::Nothing)));
    fs::write(back.folder.join("courier.cose"), "garbage").unwrap();
    assert!(matches!(back.read(), Err(CourierError::List(NoticeRefusal::Malformed))));
}

#[test]
fn changed_missing_led_astray_and_swollen_files_are_left_out_by_name() {
    let changed = Back::new().spoilt(|_, path| {
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    });
    assert_eq!(changed, Some(Spoilt::Changed));
    let longer = Back::new().spoilt(|_, path| fs::write(path, b"much longer than before").unwrap());
    assert_eq!(longer, Some(Spoilt::Changed));
    let gone = Back::new().spoilt(|_, path| fs::remove_file(path).unwrap());
    assert_eq!(gone, Some(Spoilt::Unreadable));
    let pipe = Back::new().spoilt(|_, path| {
        fs::remove_file(path).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
    });
    assert_eq!(pipe, Some(Spoilt::Unreadable), "and nobody waits for a writer");
    let link = Back::new().spoilt(|back, path| {
        let elsewhere = back.stick.path().join("elsewhere");
        fs::rename(path, &elsewhere).unwrap();
        symlink(&elsewhere, path).unwrap();
    });
    assert_eq!(link, Some(Spoilt::Unreadable));
    let bomb = Back::new().spoilt(|back, _| {
        back.files[0].length = 1 << 40;
        back.sign("dinas", "desk-1", &office());
    });
    assert_eq!(bomb, Some(Spoilt::TooLarge));
    let nonsense = Back::new().spoilt(|back, _| {
        back.files.clear();
        back.put("messages.cbor", &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255]);
        back.put("bundle.cose", b"bundle");
        back.sign("dinas", "desk-1", &office());
    });
    assert_eq!(nonsense, Some(Spoilt::Malformed), "a count that no memory holds");
}

#[test]
fn a_name_that_leads_out_of_the_folder_spoils_the_whole_list() {
    for name in ["../secret", "/etc/passwd", "a/../../secret", ".hidden", "a\\b"] {
        let mut back = Back::new();
        back.messages(&[b"receipt"]);
        back.files[0].name = name.into();
        back.sign("dinas", "desk-1", &office());
        assert!(matches!(back.read(), Err(CourierError::List(NoticeRefusal::Malformed))), "{name}");
    }
}

#[test]
fn a_linked_folder_and_a_swollen_list_are_refused() {
    let mut back = Back::new();
    back.messages(&[b"receipt"]);
    back.sign("dinas", "desk-1", &office());
    let elsewhere = back.stick.path().join("elsewhere");
    fs::rename(&back.folder, &elsewhere).unwrap();
    symlink(&elsewhere, &back.folder).unwrap();
    assert!(matches!(back.read(), Err(CourierError::Disk { .. })));
    fs::remove_file(&back.folder).unwrap();
    fs::create_dir(&back.folder).unwrap();
    let list = fs::File::create(back.folder.join("courier.cose")).unwrap();
    list.set_len(1 << 40).unwrap();
    assert!(matches!(back.read(), Err(CourierError::List(NoticeRefusal::TooLarge))));
}
