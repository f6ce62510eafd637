//! The limits of a profile file, each with its reason.

/// The shape of file this program reads.
pub const SCHEMA: i64 = 1;

/// The five known procedures are under 12 kB; ten times that is no profile any more.
pub const FILE_BYTES_MAX: usize = 128 * 1024;

/// A step longer than a working day is a typing error: the longest one known is 15 minutes.
pub const MINUTES_MAX: i64 = 480;

/// The longest procedure has 12 steps.
pub const STEPS_MAX: usize = 64;

/// No list in a profile needs more words than the largest vocabulary has documents.
pub const LIST_MAX: usize = 64;

/// Fits a paragraph on a letter.
pub const TEXT_CHARS_MAX: usize = 400;

/// One change a day for a generation.
pub const VERSION_MAX: i64 = 9_999;

/// A letter copied more often than this is a typing error.
pub const COPIES_MAX: i64 = 20;
