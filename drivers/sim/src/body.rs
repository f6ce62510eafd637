//! What devices can see of a person. The masters grow once, when first needed, and stay as long as the body is held.

use std::sync::OnceLock;

use rekam_domain::document::Document;
use rekam_domain::photo::BackgroundColour;
use rekam_driver_api::{Area, Eye, Finger, Image, Stroke};

use crate::detail::{Detail, FINGER_DPI, PAGE_DPI};
use crate::encode::{EncodeError, colour_jpeg, grey_jpeg, grey_png};
use crate::face::portrait;
use crate::finger::impression::{Impression, touch};
use crate::finger::{Master, slap};
use crate::iris::Fibres;
use crate::person::{Situation, SyntheticPerson};
use crate::signature::{self, SIGNATURE_DPI};

pub use crate::finger::impression::Skin;

/// JPEG quality of a portrait: about 60 kB, far below the 150 kB of a standard packet.
const PORTRAIT_QUALITY: u8 = 92;
/// JPEG quality of a page: below the 260 kB of a standard packet.
const PAGE_QUALITY: u8 = 52;

/// A picture with the figure a simulated device gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The picture.
    pub image: Image,
    /// 0 to 100, by [`crate::ALGORITHM`].
    pub score: u8,
}

/// Fingers that lay on the glass together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Each finger, in the order asked for.
    pub fingers: Vec<(Finger, Rated, Area)>,
    /// The whole glass.
    pub glass: Image,
}

/// The body of a synthetic person.
#[derive(Debug)]
pub struct Body {
    person: SyntheticPerson,
    detail: Detail,
    fingers: [OnceLock<Master>; 10],
    eyes: [OnceLock<Fibres>; 2],
}

impl Body {
    /// The body of a person, with pictures as large as `detail` says.
    #[must_use]
    pub fn new(person: SyntheticPerson, detail: Detail) -> Self {
        Self { person, detail, fingers: Default::default(), eyes: Default::default() }
    }

    /// Whose body it is.
    #[must_use]
    pub const fn person(&self) -> &SyntheticPerson {
        &self.person
    }

    fn master(&self, finger: Finger) -> Option<&Master> {
        let kept = self.fingers.get(usize::from(finger.number()).saturating_sub(1))?;
        Some(kept.get_or_init(|| Master::grow(self.person.seed, finger, self.detail)))
    }

    /// Grows a finger now, so that its first touch takes no longer than the next ones.
    pub(crate) fn grow_finger(&self, finger: Finger) {
        let _kept = self.master(finger);
    }

    fn impression(&self, finger: Finger, number: u64, skin: Skin) -> Impression {
        let is_worn = self.person.situation == Situation::WornFingers;
        let skin = if is_worn { Skin::Dry } else { skin };
        match self.master(finger) {
            Some(master) => touch(master, number, skin, self.detail),
            None => touch(&Master::grow(self.person.seed, finger, self.detail), number, skin, self.detail),
        }
    }

    /// The n-th touch of one finger.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn finger(&self, finger: Finger, number: u64, skin: Skin) -> Result<Rated, EncodeError> {
        let impression = self.impression(finger, number, skin);
        Ok(Rated { image: grey_png(&impression.plane, Some(FINGER_DPI))?, score: impression.score })
    }

    /// The n-th touch of several fingers, on a glass with room for `places` of them; each with its place from the left.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn fingers(
        &self,
        fingers: &[(usize, Finger)],
        places: usize,
        number: u64,
        skin: Skin,
    ) -> Result<Touched, EncodeError> {
        let prints: Vec<(usize, Finger, Impression)> = fingers
            .iter()
            .map(|(place, finger)| (*place, *finger, self.impression(*finger, number, skin)))
            .collect();
        let planes: Vec<_> =
            prints.iter().map(|(place, finger, print)| (*place, *finger, &print.plane)).collect();
        let laid = slap::lay(places, &planes, self.detail);
        let mut touched = Vec::with_capacity(prints.len());
        for ((_, finger, print), area) in prints.iter().zip(laid.areas) {
            let image = grey_png(&print.plane, Some(FINGER_DPI))?;
            touched.push((*finger, Rated { image, score: print.score }, area));
        }
        Ok(Touched { fingers: touched, glass: grey_png(&laid.plane, Some(FINGER_DPI))? })
    }

    /// The n-th look of one eye into the scanner.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn iris(&self, eye: Eye, number: u64, is_closed: bool) -> Result<Rated, EncodeError> {
        let grow = || Fibres::grow(self.person.seed, eye, self.detail);
        let kept = match eye {
            Eye::Right => self.eyes.first(),
            Eye::Left => self.eyes.last(),
        };
        let look = match kept {
            Some(kept) => kept.get_or_init(grow).look(number, is_closed, self.detail),
            None => grow().look(number, is_closed, self.detail),
        };
        Ok(Rated { image: grey_png(&look.plane, None)?, score: look.score })
    }

    /// The n-th portrait, as large as asked for; small bodies give small pictures whatever is asked.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn portrait(
        &self,
        number: u64,
        eyes_are_closed: bool,
        curtain: BackgroundColour,
        size: (usize, usize),
    ) -> Result<Image, EncodeError> {
        let painting = portrait(
            Some(self.person.looks()),
            number,
            eyes_are_closed,
            curtain,
            self.detail.portrait_px(size),
        );
        colour_jpeg(&painting, PORTRAIT_QUALITY)
    }

    /// The n-th signature: the movement and its picture.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn signature(&self, number: u64) -> Result<(Vec<Stroke>, Image), EncodeError> {
        let strokes = signature::write(self.person.seed, number, self.detail);
        let image = grey_png(&signature::picture(&strokes, self.detail), Some(SIGNATURE_DPI))?;
        Ok((strokes, image))
    }

    /// The n-th scan of a document of this person.
    ///
    /// # Errors
    /// Only by a mistake of ours in the encoder.
    pub fn page(&self, document: Document, number: u64) -> Result<Image, EncodeError> {
        grey_jpeg(
            &crate::page::scan(&self.person, document, number, self.detail),
            PAGE_QUALITY,
            Some(PAGE_DPI),
        )
    }
}

/// The curtain with nobody before it.
pub(crate) fn empty_portrait(
    number: u64,
    curtain: BackgroundColour,
    size: (usize, usize),
    detail: Detail,
) -> Result<Image, EncodeError> {
    colour_jpeg(&portrait(None, number, false, curtain, detail.portrait_px(size)), PORTRAIT_QUALITY)
}
