//! Scanned documents: A4 pages with the person's made-up data, marked on every page as simulated.

mod letters;

use rekam_domain::document::Document;

use crate::chance::{Chance, grain};
use crate::detail::Detail;
use crate::person::SyntheticPerson;
use crate::raster::{Plane, Rect};

/// What the page says about itself, because a demonstration file can leave the building.
const MARK: &str = "SIMULASI - BUKAN DOKUMEN ASLI";

/// The n-th scan of a document.
pub(crate) fn scan(person: &SyntheticPerson, document: Document, number: u64, detail: Detail) -> Plane {
    let mut chance = Chance::nth(person.seed, document.word(), number);
    let (width, height) = detail.page_px();
    let paper = chance.between(236.0, 246.0);
    let noise = chance.next();
    let plane =
        Plane::from_fn(width, height, |x, y| paper + 5.0 * (grain(noise, x as i32 / 3, y as i32 / 3) - 0.5));
    let mut sheet = Sheet {
        plane,
        scale: width as f32 / 210.0,
        skew: 0.004 * chance.bell(),
        shift: (1.5 * chance.bell(), 1.5 * chance.bell()),
    };
    write(&mut sheet, person, document, &mut chance);
    sheet.plane
}

/// A page whose measures are millimetres.
struct Sheet {
    plane: Plane,
    scale: f32,
    skew: f32,
    shift: (f32, f32),
}

impl Sheet {
    fn bar(&mut self, left: f32, top: f32, width: f32, height: f32, dark: f32) {
        let top = top + self.skew * left + self.shift.1;
        let left = left + self.shift.0;
        let area = Rect {
            left: (left * self.scale).round(),
            top: (top * self.scale).round(),
            right: ((left + width) * self.scale).round().max((left * self.scale).round() + 1.0),
            bottom: ((top + height) * self.scale).round().max((top * self.scale).round() + 1.0),
        };
        self.plane.change(area, |_, _, pixel| *pixel = pixel.min(dark));
    }

    /// Text whose letters are `size` millimetres high; returns where it ends.
    fn text(&mut self, left: f32, top: f32, size: f32, text: &str) -> f32 {
        let dot = size / 7.0;
        let mut at = left;
        for letter in text.chars() {
            if dot * self.scale < 1.0 && letter != ' ' {
                // Too small to be read: a grey mark of the same size.
                self.bar(at, top, 4.0 * dot, size, 120.0);
            } else {
                for (row, line) in (0_u8..).zip(letters::dots(letter.to_ascii_uppercase())) {
                    self.dots_of_line(at, top + f32::from(row) * dot, dot, line);
                }
            }
            at += 6.0 * dot;
        }
        at
    }

    fn dots_of_line(&mut self, left: f32, top: f32, dot: f32, line: u8) {
        for column in (0_u8..5).filter(|column| line & (0b1_0000 >> column) != 0) {
            self.bar(left + f32::from(column) * dot, top, dot, dot, 42.0);
        }
    }

    fn centred(&mut self, top: f32, size: f32, text: &str) {
        let width = text.chars().count() as f32 * 6.0 * size / 7.0;
        self.text(105.0 - width / 2.0, top, size, text);
    }
}

fn title(document: Document) -> String {
    match document {
        Document::Kk | Document::KkCopy | Document::KkCopyStampedRecorded | Document::KkCopyCorrected => {
            "KARTU KELUARGA".to_owned()
        }
        Document::BirthCertificate => "KUTIPAN AKTA KELAHIRAN".to_owned(),
        Document::MarriageBook | Document::MarriageCertificate => "KUTIPAN AKTA NIKAH".to_owned(),
        Document::PoliceLossLetter => "SURAT KETERANGAN KEHILANGAN".to_owned(),
        Document::VillageHeadCoverLetter => "SURAT PENGANTAR".to_owned(),
        Document::MovingLetter => "SURAT KETERANGAN PINDAH".to_owned(),
        Document::FormF102
        | Document::KtpForm
        | Document::SummonsStampedRecorded
        | Document::Diploma
        | Document::LastDiploma
        | Document::DamagedCard
        | Document::WrongCard
        | Document::OldCard
        | Document::TravelDocument
        | Document::Kitap
        | Document::SupportingDocument
        | Document::CollectiveList => document.word().replace('_', " "),
    }
}

fn write(sheet: &mut Sheet, person: &SyntheticPerson, document: Document, chance: &mut Chance) {
    for (left, top, width, height) in [
        (12.0, 12.0, 186.0, 0.5),
        (12.0, 284.0, 186.0, 0.5),
        (12.0, 12.0, 0.5, 272.0),
        (197.5, 12.0, 0.5, 272.5),
    ] {
        sheet.bar(left, top, width, height, 60.0);
    }
    sheet.centred(20.0, 3.2, MARK);
    sheet.centred(34.0, 6.5, &title(document));
    sheet.centred(45.0, 3.6, &format!("NO. {}", person.kk_number));
    sheet.bar(20.0, 52.0, 170.0, 0.4, 60.0);
    let birth = format!("{} {}", person.birth_place, person.birth_date);
    let lines = [
        ("NAMA", person.full_name.as_str()),
        ("NIK", person.nik.as_deref().unwrap_or("-")),
        ("LAHIR", birth.as_str()),
        ("KELAMIN", person.sex.word()),
        ("AGAMA", person.religion),
        ("AYAH", person.father_name.as_str()),
        ("IBU", person.mother_name.as_str()),
        ("ALAMAT", person.address.as_str()),
        ("DESA", person.village.as_str()),
    ];
    let mut top = 60.0;
    for (label, value) in lines {
        sheet.text(22.0, top, 3.0, label);
        sheet.text(62.0, top, 3.0, &format!(": {value}"));
        top += 8.0;
    }
    // What follows is the body of the document: marks that look like lines of print.
    while top < 238.0 {
        let mut left = 22.0;
        let end = if chance.percent(20) { chance.between(70.0, 150.0) } else { 186.0 };
        while left < end {
            let word = chance.between(5.0, 20.0).min(end - left);
            sheet.bar(left, top, word, 0.35, 90.0);
            sheet.bar(left, top + 0.9, word * 0.8, 0.35, 90.0);
            sheet.bar(left, top + 1.8, word, 0.35, 90.0);
            left += word + 2.0;
        }
        top += 5.5;
    }
    sheet.centred(276.0, 3.2, MARK);
}
