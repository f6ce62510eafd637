//! Kills and failing disks at every single step of every change.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tempfile::TempDir;

use crate::disk::probe;
use crate::{
    AccountId, Cost, Created, KeyRing, NewAccount, RingError, Secret, TransportKey, Unlocked, WAIT_MS_MAX,
};

const NOW: i64 = 1_795_000_000_000;
const LATER: i64 = NOW + WAIT_MS_MAX as i64;
const OLD: &str = "kopi susu pagi hari";
const NEW: &str = "angin laut sore";

fn cost() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

fn siti() -> AccountId {
    "siti".parse().unwrap()
}

fn budi() -> AccountId {
    "budi".parse().unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn temporary() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn create(path: &Path) -> Result<Created, RingError> {
    let first = NewAccount { id: &siti(), secret: &secret(OLD), card: b"siti" };
    KeyRing::create(path, &first, cost(), NOW)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).into_iter().flatten() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn unlock(path: &Path, id: &AccountId, text: &str) -> Option<Unlocked> {
    KeyRing::open(path, cost()).unwrap().unlock(id, &secret(text), LATER).ok()
}

/// The folder as a kill would leave it before each step of `work`, and after the last.
fn kills(path: &Path, into: &Path, work: impl FnOnce()) -> Vec<PathBuf> {
    let taken = Rc::new(RefCell::new(Vec::new()));
    let (from, to, list) = (path.to_owned(), into.to_owned(), Rc::clone(&taken));
    let hook = move |_: &'static str| {
        let folder = to.join(format!("kill-{}", list.borrow().len()));
        copy(&from, &folder);
        list.borrow_mut().push(folder);
        Ok(())
    };
    probe::with(hook, work);
    let after = into.join("after");
    copy(path, &after);
    taken.borrow_mut().push(after);
    taken.take()
}

/// Runs `work` on a fresh ring, with step n failing, for every n; `check` looks at what is left.
fn failures(work: impl Fn(&mut KeyRing, &Unlocked) -> bool, check: impl Fn(&Path, usize, bool)) -> usize {
    for failing in 0.. {
        let root = temporary();
        let path = root.path().join("keys");
        let Created { mut ring, unlocked, .. } = create(&path).unwrap();
        let count = Rc::new(RefCell::new(0));
        let counter = Rc::clone(&count);
        let hook = move |_: &'static str| {
            let step = counter.replace_with(|step| *step + 1);
            if step == failing { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
        };
        let done = probe::with(hook, || work(&mut ring, &unlocked));
        drop(ring);
        check(&path, failing, done);
        if failing >= *count.borrow() {
            assert!(done, "without a failure it succeeds");
            return failing;
        }
        assert!(!done, "step {failing} failed and was not told");
    }
    0
}

fn no_leftovers(path: &Path) {
    for entry in fs::read_dir(path).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.ends_with(".new") && name != "ring.creating", "{name}");
    }
}

#[test]
fn a_killed_creation_is_not_ready_and_can_be_completed() {
    let root = temporary();
    let path = root.path().join("keys");
    let states = kills(&path, root.path(), || drop(create(&path).unwrap()));
    assert!(states.len() > 25, "{} states", states.len());
    let mut ready = 0;
    for state in &states {
        match KeyRing::open(state, cost()) {
            Ok(ring) => {
                drop(ring);
                ready += 1;
            }
            Err(RingError::NotReady) => drop(create(state).unwrap()),
            Err(other) => panic!("{}: {other}", state.display()),
        }
        assert!(unlock(state, &siti(), OLD).is_some());
        let opened = unlock(state, &siti(), OLD).unwrap();
        let transport = TransportKey::read(state).unwrap().unwrap();
        assert_eq!(opened.opened().transport_key().bytes(), transport.bytes());
        no_leftovers(state);
    }
    // Only when the marker is gone is the ring there: before its folder is synced, and after.
    assert_eq!(ready, 2);
}

#[test]
fn a_creation_killed_twice_can_be_completed() {
    let root = temporary();
    let path = root.path().join("keys");
    let states = kills(&path, root.path(), || drop(create(&path).unwrap()));
    let late = &states[states.len() - 4];
    let second = root.path().join("second");
    for state in kills(late, &second, || drop(create(late).unwrap())) {
        if let Err(RingError::NotReady) = KeyRing::open(&state, cost()) {
            create(&state).unwrap();
        }
        assert!(unlock(&state, &siti(), OLD).is_some());
    }
}

#[test]
fn a_failing_creation_can_be_completed() {
    for failing in 0.. {
        let root = temporary();
        let path = root.path().join("keys");
        let count = Rc::new(RefCell::new(0));
        let counter = Rc::clone(&count);
        let hook = move |_: &'static str| {
            let step = counter.replace_with(|step| *step + 1);
            if step == failing { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
        };
        let done = probe::with(hook, || create(&path).is_ok());
        if failing >= *count.borrow() {
            assert!(done);
            break;
        }
        assert!(!done, "step {failing}");
        if KeyRing::open(&path, cost()).is_err() {
            create(&path).unwrap();
        }
        assert!(unlock(&path, &siti(), OLD).is_some());
    }
}

#[test]
fn a_killed_change_leaves_the_old_or_the_new_secret() {
    let root = temporary();
    let path = root.path().join("keys");
    let mut ring = create(&path).unwrap().ring;
    let states = kills(&path, root.path(), || {
        ring.change_secret(&siti(), &secret(OLD), &secret(NEW), NOW).unwrap();
    });
    let opens = |state: &PathBuf| {
        let both = (unlock(state, &siti(), OLD).is_some(), unlock(state, &siti(), NEW).is_some());
        assert!(both.0 != both.1, "{}: {both:?}", state.display());
        no_leftovers(state);
        both.1
    };
    let new: Vec<bool> = states.iter().map(opens).collect();
    assert!(new.is_sorted() && !new[0] && new[new.len() - 1]);
}

#[test]
fn a_killed_reset_frees_no_tries_at_the_old_secret() {
    let root = temporary();
    let path = root.path().join("keys");
    let Created { mut ring, unlocked, .. } = create(&path).unwrap();
    let mut now = NOW;
    for _ in 0..20 {
        assert!(ring.unlock(&siti(), &secret("bukan yang benar"), now).is_err());
        now += WAIT_MS_MAX as i64;
    }
    let states = kills(&path, root.path(), || {
        ring.reset_secret(unlocked.opened(), &siti(), &secret(NEW), now).unwrap();
    });
    for state in &states {
        let mut ring = KeyRing::open(state, cost()).unwrap();
        assert!(ring.unlock(&siti(), &secret(OLD), now).is_err());
        // Whatever was left half done: the reset can be done again, and the history stays whole.
        let public = ring.reset_secret(unlocked.opened(), &siti(), &secret(NEW), now).unwrap();
        let keys = ring.record(unlocked.opened(), &siti()).unwrap().keys;
        assert_eq!(keys.first().unwrap().public_key, unlocked.public_key());
        assert_eq!(ring.unlock(&siti(), &secret(NEW), now).unwrap().public_key(), public);
    }
}

#[test]
fn a_killed_addition_is_there_or_not_and_can_be_repeated() {
    let root = temporary();
    let path = root.path().join("keys");
    let Created { mut ring, unlocked, .. } = create(&path).unwrap();
    let add = |ring: &mut KeyRing| {
        let new = NewAccount { id: &budi(), secret: &secret(NEW), card: b"budi" };
        ring.add_account(unlocked.opened(), &new, NOW)
    };
    for state in kills(&path, root.path(), || assert!(add(&mut ring).is_ok())) {
        let mut ring = KeyRing::open(&state, cost()).unwrap();
        if ring.accounts().unwrap() == [siti()] {
            assert!(!state.join("budi.attempts").exists());
            add(&mut ring).unwrap();
        }
        ring.unlock(&budi(), &secret(NEW), NOW).unwrap();
        ring.unlock(&siti(), &secret(OLD), NOW).unwrap();
    }
}

#[test]
fn a_killed_closing_or_card_or_recovery_is_whole() {
    let root = temporary();
    let path = root.path().join("keys");
    let Created { mut ring, unlocked, recovery } = create(&path).unwrap();
    let new = NewAccount { id: &budi(), secret: &secret(NEW), card: b"budi" };
    ring.add_account(unlocked.opened(), &new, NOW).unwrap();
    for state in kills(&path, &root.path().join("card"), || {
        ring.set_card(unlocked.opened(), &budi(), b"other").unwrap();
    }) {
        let card = unlock(&state, &budi(), NEW).unwrap().card().to_vec();
        assert!(card == b"budi" || card == b"other");
    }
    for state in kills(&path, &root.path().join("close"), || {
        ring.close_account(unlocked.opened(), &budi(), NOW).unwrap();
    }) {
        let ring = KeyRing::open(&state, cost()).unwrap();
        let record = ring.record(unlocked.opened(), &budi()).unwrap();
        assert_eq!(record.closed, ring.accounts().unwrap() == [siti()]);
        assert_eq!(record.keys.len(), 1);
    }
    let mut newer = None;
    let states = kills(&path, &root.path().join("renew"), || {
        newer = Some(ring.renew_recovery(unlocked.opened()).unwrap());
    });
    for state in states {
        let ring = KeyRing::open(&state, cost()).unwrap();
        assert!(ring.recover(&recovery).is_ok() != ring.recover(newer.as_ref().unwrap()).is_ok());
    }
}

#[test]
fn a_kill_never_gives_a_try_back() {
    let root = temporary();
    let path = root.path().join("keys");
    let mut ring = create(&path).unwrap().ring;
    for wrong in 1..=3u32 {
        let states = kills(&path, &root.path().join(wrong.to_string()), || {
            assert!(ring.unlock(&siti(), &secret("bukan yang benar"), NOW).is_err());
        });
        // open, overwrite, sync, derive, and the state after; from the third on the try is on the disk.
        assert_eq!(states.len(), 5);
        for (step, state) in states.iter().enumerate() {
            let mut ring = KeyRing::open(state, cost()).unwrap();
            let error = ring.unlock(&siti(), &secret("bukan yang benar"), NOW).unwrap_err();
            let counted = wrong - 1 + u32::from(step >= 2);
            let left = crate::TRIES_FREE - counted - 1;
            let right = matches!(&error, crate::UnlockError::WrongSecret { tries_left_before_wait, .. }
                if *tries_left_before_wait == left);
            assert!(right, "wrong {wrong}, step {step}: {error}");
        }
    }
}

#[test]
fn a_secret_is_not_tried_unless_the_try_was_counted() {
    let root = temporary();
    let path = root.path().join("keys");
    let mut ring = create(&path).unwrap().ring;
    for failing in ["open for overwriting", "overwrite", "sync overwritten"] {
        let hook = move |step: &'static str| {
            if step == failing { Err(io::Error::other("broken disk")) } else { Ok(()) }
        };
        let result = probe::with(hook, || ring.unlock(&siti(), &secret(OLD), NOW));
        assert!(matches!(result, Err(crate::UnlockError::Io { .. })), "{failing}");
    }
    ring.unlock(&siti(), &secret(OLD), NOW).unwrap();
}

#[test]
fn unlocking_needs_no_room_on_the_disk() {
    let root = temporary();
    let path = root.path().join("keys");
    let mut ring = create(&path).unwrap().ring;
    let full = |step: &'static str| match step {
        "create new file" | "write new file" => Err(io::Error::from(io::ErrorKind::StorageFull)),
        _ => Ok(()),
    };
    probe::with(full, || {
        assert!(ring.unlock(&siti(), &secret("bukan yang benar"), NOW).is_err());
        ring.unlock(&siti(), &secret(OLD), NOW).unwrap();
        let error = ring.change_secret(&siti(), &secret(OLD), &secret(NEW), NOW).unwrap_err();
        assert_eq!(error.text_key(), "unlock.disk_full");
    });
    ring.unlock(&siti(), &secret(OLD), NOW).unwrap();
}

#[test]
fn a_failing_disk_leaves_the_old_or_the_new_state_and_says_so() {
    let steps = failures(
        |ring, _| ring.change_secret(&siti(), &secret(OLD), &secret(NEW), NOW).is_ok(),
        |path, step, done| {
            let both = (unlock(path, &siti(), OLD).is_some(), unlock(path, &siti(), NEW).is_some());
            assert!(both.0 != both.1 && (!done || both.1), "step {step}: {both:?}");
            no_leftovers(path);
        },
    );
    assert_eq!(steps, 13);
    failures(
        |ring, unlocked| ring.reset_secret(unlocked.opened(), &siti(), &secret(NEW), NOW).is_ok(),
        |path, step, done| {
            let both = (unlock(path, &siti(), OLD).is_some(), unlock(path, &siti(), NEW).is_some());
            assert!(both.0 != both.1 && (!done || both.1), "step {step}: {both:?}");
            no_leftovers(path);
        },
    );
}

#[test]
fn an_unknown_id_costs_the_same_steps() {
    let root = temporary();
    let path = root.path().join("keys");
    let mut ring = create(&path).unwrap().ring;
    let mut steps = |id: AccountId| {
        let taken = Rc::new(RefCell::new(Vec::new()));
        let list = Rc::clone(&taken);
        let hook = move |step: &'static str| {
            list.borrow_mut().push(step);
            Ok(())
        };
        let error = probe::with(hook, || ring.unlock(&id, &secret("bukan yang benar"), NOW)).unwrap_err();
        assert_eq!(matches!(error, crate::UnlockError::UnknownAccount), id != siti());
        taken.take()
    };
    let known = steps(siti());
    assert_eq!(known, ["open for overwriting", "overwrite", "sync overwritten", "derive wrapping key"]);
    for _ in 0..30 {
        let unknown = steps(budi());
        assert_eq!(unknown.last(), known.last());
        assert!(unknown == known || unknown.contains(&"sync new file"), "{unknown:?}");
    }
}

#[test]
fn a_right_secret_beside_a_damaged_file_locks_nobody_out() {
    let root = temporary();
    let path = root.path().join("keys");
    let Created { mut ring, unlocked, .. } = create(&path).unwrap();
    let mut file = crate::account_file::AccountFile::empty(&unlocked.opened.ring, &siti());
    let offer = crate::binding::Offer::Software;
    let text = secret(OLD);
    let (cost, database) = (cost(), &unlocked.opened.database);
    let mut sealing = crate::account_file::Sealing { secret: &text, cost, offer, database };
    file.set_new_key(&mut sealing, NOW).unwrap();
    fs::write(path.join("siti.key"), file.encode().unwrap()).unwrap();
    for _ in 0..30 {
        let error = ring.unlock(&siti(), &text, NOW).unwrap_err();
        assert!(matches!(error, crate::UnlockError::Damaged { .. }), "{error}");
    }
}
