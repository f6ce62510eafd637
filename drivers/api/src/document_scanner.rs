//! The scanner for the documents a person brings.

use crate::{DeviceError, DeviceIdentity, Image, Origin, Terms, Watch};

/// No order takes more pages: the longest file of a person has eight (`domain.md` §6.3), a feeder holds twenty.
pub const PAGES_MAX: u16 = 20;

/// Where the paper lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSource {
    /// One page on the glass.
    Flatbed,
    /// All pages in the feeder.
    Feeder,
}

/// In which colours a page is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageColour {
    /// Grey, 8 bits.
    Grey,
    /// Colour, 24 bits.
    Colour,
}

/// What the scanner is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOrder {
    /// Time, limit and trigger. The limit counts anew for every page. `Operator` stops after the running page.
    pub terms: Terms,
    /// Where the paper lies.
    pub source: PageSource,
    /// Pixels per inch.
    pub dpi: u16,
    /// Colours.
    pub colour: PageColour,
    /// At most so many pages, itself at most [`PAGES_MAX`].
    pub pages_max: u16,
}

/// Pages, and what stopped the scanner before the end of the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedPages {
    /// Complete pages in the order of the paper, at least one.
    pub pages: Vec<Image>,
    /// Set when a later page failed: the complete ones are kept, and the operator goes on from there.
    pub stopped_by: Option<DeviceError>,
    /// Where they come from.
    pub origin: Origin,
}

/// Scans documents.
///
/// Events: `Started`, hint `LayInPaper` while there is none, `Preview` of each complete page followed by `Progress`,
/// `Waiting` while the paper moves. A failure on the first page is an error; on a later one it stands in
/// [`CapturedPages::stopped_by`], so that no page is scanned twice. A cancel throws all pages of the order away.
pub trait DocumentScanner: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// Scans the pages of one order. An empty feeder at the start is `OutOfPaper`.
    ///
    /// # Errors
    /// As the contract of every capture says (crate documentation).
    fn capture(&mut self, order: &PageOrder, watch: &mut Watch<'_>) -> Result<CapturedPages, DeviceError>;
}
