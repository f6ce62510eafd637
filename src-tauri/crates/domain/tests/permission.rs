//! The rights, as a committed table, and the rules that hold over all of it.

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use rekam_domain::permission::{Operation, Subject, is_allowed, who_may};
    use rekam_domain::role::{Role, RoleSet};

    #[test]
    fn matrix_is_the_committed_one() {
        let mut text = String::new();
        for subject in Subject::ALL {
            for operation in Operation::ALL {
                let roles: Vec<_> = who_may(*operation, *subject).iter().map(Role::word).collect();
                let who = if roles.is_empty() { "nobody".to_owned() } else { roles.join(" ") };
                let _ = writeln!(text, "{:<18}{:<8} {who}", subject.word(), operation.word());
            }
        }
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/permission/matrix.txt");
        if std::env::var_os("REKAM_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&path).unwrap_or_default());
    }

    #[test]
    fn nobody_deletes_books_or_audit() {
        for subject in [Subject::Registers, Subject::Audit] {
            assert_eq!(who_may(Operation::Delete, subject), RoleSet::default());
        }
        assert_eq!(who_may(Operation::Change, Subject::Audit), RoleSet::default());
        assert_eq!(who_may(Operation::Correct, Subject::Audit), RoleSet::default());
    }

    #[test]
    fn technician_sees_no_person() {
        for subject in Subject::ALL.iter().filter(|subject| subject.is_personal()) {
            for operation in Operation::ALL {
                assert!(!who_may(*operation, *subject).has(Role::Technician), "{subject:?} {operation:?}");
            }
        }
    }

    #[test]
    fn front_desk_never_reads_protected_data() {
        for subject in Subject::ALL.iter().filter(|subject| subject.is_protected()) {
            for operation in Operation::ALL {
                assert!(!who_may(*operation, *subject).has(Role::FrontDesk), "{subject:?} {operation:?}");
            }
            assert_eq!(who_may(Operation::Copy, *subject), RoleSet::default());
        }
    }

    #[test]
    fn who_has_no_login_has_no_right_and_the_supervisor_reads_the_audit() {
        let outside = RoleSet::of(&[Role::Applicant, Role::VillageOfficer]);
        for subject in Subject::ALL {
            for operation in Operation::ALL {
                assert!(!is_allowed(outside, *operation, *subject));
                assert!(!is_allowed(RoleSet::default(), *operation, *subject));
            }
        }
        assert!(is_allowed(RoleSet::of(&[Role::Supervisor]), Operation::Read, Subject::Audit));
    }
}
