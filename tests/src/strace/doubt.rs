//! After a failed sync the system says "synced" the next time, although the bytes may be in memory only. This reads a
//! log of calls and finds every promise that was given on such a file.

use super::name_of;

/// How far a file is on its way back to being relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    Failed,
    Closed,
    OpenedAgain,
    ReadAgain,
    WrittenAgain,
}

/// Promises that were given while a file was in doubt: a sync of it had failed, and it had not been closed, opened,
/// read, written and synced again, in this order.
#[must_use]
pub fn promises_on_doubtful_files(log: &str, promises: &str) -> Vec<String> {
    let mut doubts: Vec<(String, Doubt)> = Vec::new();
    let mut found = Vec::new();
    for line in log.lines() {
        let (Some(call), Some(path)) = (name_of(line), path_of(line)) else { continue };
        let failed = line.contains(" = -1 ");
        if call == "write" && path == promises {
            found.extend(doubts.iter().map(|(file, doubt)| format!("{file} {doubt:?}: {line}")));
        }
        let is_sync = call == "fsync" || call == "fdatasync";
        if is_sync && failed {
            doubts.retain(|(file, _)| file != path);
            doubts.push((path.to_owned(), Doubt::Failed));
            continue;
        }
        doubts.retain_mut(|(file, doubt)| {
            let next = match (call, *doubt) {
                ("close", Doubt::Failed) => Doubt::Closed,
                ("openat", Doubt::Closed) => Doubt::OpenedAgain,
                ("pread64" | "read", Doubt::OpenedAgain) => Doubt::ReadAgain,
                ("pwrite64" | "write", Doubt::ReadAgain) => Doubt::WrittenAgain,
                ("fsync" | "fdatasync", Doubt::WrittenAgain) if file == path => return false,
                (_, same) => same,
            };
            if file == path && !failed {
                *doubt = next;
            }
            true
        });
    }
    found
}

/// The file a call was about: behind its number, or what `openat` answered.
#[must_use]
pub fn path_of(line: &str) -> Option<&str> {
    let place = if name_of(line) == Some("openat") { line.rsplit_once(" = ")?.1 } else { line };
    let (_, after) = place.split_once('<')?;
    Some(after.split_once('>')?.0)
}
