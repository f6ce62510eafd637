//! How large the pictures are.

/// How large the pictures of a simulated device are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// As a real device delivers them.
    Full,
    /// A small part of the same things, drawn by the same code: for days with many people and for campaigns that
    /// start over a thousand times. Nothing that judges pictures can be tried on them.
    Tiny,
}

/// Resolution of fingerprints.
pub const FINGER_DPI: u16 = 500;
/// Resolution of documents.
pub const PAGE_DPI: u16 = 200;

/// No portrait is larger, whatever is asked for: three thousand pixels a side are nine million to draw.
const PORTRAIT_PX_MAX: usize = 3_000;

impl Detail {
    /// Width and height of one finger.
    pub(crate) const fn finger_px(self) -> (usize, usize) {
        match self {
            Self::Full => (400, 500),
            Self::Tiny => (56, 64),
        }
    }

    /// Width and height of the glass for four fingers.
    pub(crate) const fn glass_px(self) -> (usize, usize) {
        match self {
            Self::Full => (1600, 1500),
            Self::Tiny => (224, 128),
        }
    }

    /// Whether a master needs room for being moved.
    pub(crate) const fn master_margin(self) -> usize {
        match self {
            Self::Full => 2,
            Self::Tiny => 0,
        }
    }

    /// Width and height of an iris picture.
    pub(crate) const fn iris_px(self) -> (usize, usize) {
        match self {
            Self::Full => (640, 480),
            Self::Tiny => (80, 60),
        }
    }

    /// Steps round the iris, and from the pupil to the white.
    pub(crate) const fn fibres(self) -> (usize, usize) {
        match self {
            Self::Full => (720, 40),
            Self::Tiny => (90, 8),
        }
    }

    /// Width and height of a page at [`PAGE_DPI`].
    pub(crate) const fn page_px(self) -> (usize, usize) {
        match self {
            Self::Full => (1654, 2339),
            Self::Tiny => (124, 175),
        }
    }

    /// Width and height of a portrait that was asked for in some size.
    pub(crate) fn portrait_px(self, asked: (usize, usize)) -> (usize, usize) {
        match self {
            Self::Full => (asked.0.clamp(60, PORTRAIT_PX_MAX), asked.1.clamp(80, PORTRAIT_PX_MAX)),
            Self::Tiny => (60, 80),
        }
    }
}
