//! The bounds of version 1. Whatever is larger is refused before it is worked on.

/// Manifest and signatures together, in bytes: 200 parts need about 20 kB.
pub const ENVELOPE_BYTES_MAX: usize = 64 * 1024;
/// Parts of a packet, the inner manifest included: a hundred pages and every finger twice.
pub const BLOBS_MAX: usize = 200;
/// One part before encryption, in bytes: a page in colour at 600 dpi as PNG is below.
pub const PLAIN_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// One part after encryption, in bytes: the same with its age header and the tags of its chunks.
pub const CIPHER_BYTES_MAX: u64 = PLAIN_BYTES_MAX + 16 * 1024;
/// A whole packet, in bytes: forty large pages with room to spare.
pub const PACKET_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The header of an age file, in bytes: room for some twenty recipients.
pub const AGE_HEADER_BYTES_MAX: usize = 4096;
/// Recipients every part must have: the office's active key and its escrow key.
pub const RECIPIENTS_MIN: usize = 2;
/// The inner manifest, in bytes.
pub const INNER_BYTES_MAX: u64 = 1024 * 1024;
/// The record of the person, in bytes.
pub const BIODATA_BYTES_MAX: u64 = 64 * 1024;
/// A name, an id or a version, in bytes.
pub const TEXT_BYTES_MAX: usize = 128;
/// Approvals in one packet.
pub const APPROVALS_MAX: usize = 8;
/// Exceptions of one recording: every finger and both eyes twice.
pub const EXCEPTIONS_MAX: usize = 32;
/// Lines of the audit that travel with a recording.
pub const AUDIT_LINES_MAX: usize = 1000;
/// Devices that took part in one recording.
pub const DEVICES_MAX: usize = 16;
/// Quality figures of one picture.
pub const QUALITIES_MAX: usize = 8;
/// What a device says to prove a picture is its own, in bytes.
pub const PROOF_BYTES_MAX: usize = 2048;
/// Side of a picture, in pixels: A4 at 1200 dpi is longer and is refused.
pub const IMAGE_SIDE_MAX: u32 = 12_000;
/// Memory one decoded picture may take, in bytes: A4 in colour at 600 dpi takes 105 MB.
pub const IMAGE_MEMORY_MAX: u64 = 160 * 1024 * 1024;
/// A receipt, status entry, approval or withdrawal, in bytes.
pub const NOTICE_BYTES_MAX: usize = 4096;
/// A provisioning bundle or a courier's list, in bytes.
pub const BUNDLE_BYTES_MAX: usize = 4 * 1024 * 1024;
