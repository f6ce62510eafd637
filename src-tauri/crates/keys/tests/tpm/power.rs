//! The current of the chip fails at every single command; each time with a name, and nothing is lost.

use std::fs;

use rekam_keys::{HardwareError, KeyRing, NewAccount, RingError, UnlockError};

use crate::chip::{Cut, SoftwareTpm, Wires};
use crate::{Desk, NOW, PIN, create, guarded, id, secret, temporary};

const NEW: &str = "735192";

/// Runs `work` with the current failing at each of its commands in turn, `after` each time with the chip back.
fn at_every_command(
    chip: &SoftwareTpm,
    wires: &Wires,
    mut work: impl FnMut() -> Option<HardwareError>,
    mut after: impl FnMut(),
) -> u32 {
    let mut cuts = 0;
    for kind in [Cut::Before, Cut::After] {
        let mut named = 0;
        for command in 0.. {
            wires.plan(kind(command));
            let error = work();
            let is_over = !wires.has_cut();
            wires.plan(Cut::Never);
            match error {
                Some(HardwareError::Missing { source, .. }) => {
                    assert!(!is_over, "{source}");
                    named += 1;
                }
                // The work itself was done, and the current failed while tidying up.
                None => {}
                Some(other) => panic!("command {command}: {other}"),
            }
            if is_over {
                break;
            }
            cuts += 1;
            chip.start();
            after();
        }
        assert!(named >= 3, "{named} commands failed");
    }
    cuts
}

fn of_unlock(error: UnlockError) -> HardwareError {
    match error {
        UnlockError::Hardware(error) => error,
        other => panic!("{other}"),
    }
}

fn of_ring(error: RingError) -> HardwareError {
    match error {
        RingError::Hardware(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn an_unlock_cut_short_is_named_and_works_again() {
    let chip = guarded();
    let wires = Wires::to(&chip);
    let desk = Desk::new(Some(wires.tpm()), PIN);
    let unlock = || desk.unlock(Some(wires.tpm()), PIN);
    let cuts = at_every_command(&chip, &wires, || unlock().err().map(of_unlock), || drop(unlock().unwrap()));
    // A TPM that lost its current while it was in use counts one wrong password: nobody can buy tries with it.
    println!("{cuts} power cuts count as {} wrong passwords in the chip", chip.tries().0);
    assert!(chip.tries().0 <= cuts);
}

#[test]
fn a_creation_cut_short_leaves_nothing_in_the_way() {
    let chip = guarded();
    let wires = Wires::to(&chip);
    let root = temporary();
    let path = root.path().join("keys");
    let work = || {
        let result = create(&path, Some(wires.tpm()), PIN);
        result.err().map(of_ring)
    };
    at_every_command(&chip, &wires, work, || {
        if !path.join("station.ring").exists() {
            create(&path, Some(wires.tpm()), PIN).unwrap();
        }
        let mut ring = KeyRing::open(&path, crate::cost().with(Some(wires.tpm()))).unwrap();
        ring.unlock(&id("siti"), &secret(PIN), NOW).unwrap();
        drop(ring);
        fs::remove_dir_all(&path).unwrap();
    });
}

#[test]
fn a_change_cut_short_leaves_the_old_or_the_new_secret() {
    let chip = guarded();
    let wires = Wires::to(&chip);
    let desk = Desk::new(Some(wires.tpm()), PIN);
    let change =
        |from, to| desk.open(Some(wires.tpm())).change_secret(&id("siti"), &secret(from), &secret(to), NOW);
    at_every_command(
        &chip,
        &wires,
        || change(PIN, NEW).err().map(of_unlock),
        || {
            let new = desk.unlock(Some(wires.tpm()), NEW).is_ok();
            assert!(new != desk.unlock(Some(wires.tpm()), PIN).is_ok());
            if new {
                change(NEW, PIN).unwrap();
            }
            chip.forgive();
        },
    );
}

#[test]
fn an_addition_cut_short_is_there_or_not() {
    let chip = guarded();
    let wires = Wires::to(&chip);
    let desk = Desk::new(Some(wires.tpm()), PIN);
    let siti = desk.unlock(Some(wires.tpm()), PIN).unwrap();
    let names: Vec<_> = (0..100).map(|number| id(&format!("budi-{number}"))).collect();
    let next = std::cell::Cell::new(0);
    let add = || {
        let new = NewAccount { id: &names[next.get()], secret: &secret(NEW), card: b"" };
        desk.open(Some(wires.tpm())).add_account(siti.opened(), &new, NOW)
    };
    at_every_command(
        &chip,
        &wires,
        || add().err().map(of_ring),
        || {
            if !desk.open(None).accounts().unwrap().contains(&names[next.get()]) {
                add().unwrap();
            }
            let mut ring = desk.open(Some(wires.tpm()));
            ring.unlock(&names[next.get()], &secret(NEW), NOW).unwrap();
            next.set(next.get() + 1);
        },
    );
}
