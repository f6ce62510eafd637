//! What a person should know and the engine cannot mend.

use uuid::Uuid;

use crate::signed::Way;

/// Something noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The station's clock differs from the office's.
    ClockWrong {
        /// Office's time less station's time.
        behind_ms: i64,
    },
    /// The station's clock is right again.
    ClockRight,
    /// A message that the office did not sign.
    Forged {
        /// How it came.
        way: Way,
    },
    /// A signed receipt that names our packet with another hash or count.
    WrongReceipt {
        /// The packet.
        packet: Uuid,
    },
    /// The office does not know a packet it gave a receipt for: it may have lost its memory.
    OfficeForgot {
        /// The packet.
        packet: Uuid,
    },
    /// The disk does not give the bytes of a packet; it waits, the others go on.
    Unreadable {
        /// The packet.
        packet: Uuid,
    },
    /// The outbox cannot be written; nothing more is sent until it can.
    OutboxRefuses,
}

/// A clock this far off is told of: windows, grace and letters would be wrong by it.
pub(crate) const CLOCK_TOLERANCE_MS: i64 = 2 * 60_000;
