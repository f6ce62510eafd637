//! Writes the pictures of synthetic people into a folder, to be looked at and to be judged by other programs:
//! `cargo run -p rekam-driver-sim --example sheet -- FOLDER [FIRST_SEED [PEOPLE]]`.

use std::error::Error;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use rekam_domain::document::Document;
use rekam_driver_api::{Eye, Finger, FingerGroup, Image, MediaType};
use rekam_driver_sim::{Body, Detail, Situation, Skin, SyntheticPerson};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let first: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let people: u64 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    std::fs::create_dir_all(&folder)?;
    for seed in first..first + people {
        let person = SyntheticPerson::in_situation(seed, date(2026, 11, 21), Situation::draw(seed));
        draw(&Body::new(person, Detail::Full), &folder)?;
    }
    Ok(())
}

/// Two impressions of everything.
fn draw(body: &Body, folder: &Path) -> Result<(), Box<dyn Error>> {
    let seed = body.person().seed;
    for number in 0..2 {
        for finger in Finger::ALL {
            let print = body.finger(*finger, number, Skin::Normal)?;
            keep(folder, &format!("finger_{seed}_{}_{number}", finger.word()), &print.image)?;
        }
        for eye in Eye::ALL {
            keep(
                folder,
                &format!("iris_{seed}_{}_{number}", eye.word()),
                &body.iris(*eye, number, false)?.image,
            )?;
        }
        let photo = body.portrait(number, false, body.person().curtain(), (480, 640))?;
        keep(folder, &format!("photo_{seed}_{number}"), &photo)?;
        keep(folder, &format!("signature_{seed}_{number}"), &body.signature(number)?.1)?;
    }
    keep(folder, &format!("dry_{seed}"), &body.finger(Finger::RightIndex, 9, Skin::Dry)?.image)?;
    let four: Vec<(usize, Finger)> = FingerGroup::RightFour.fingers().iter().copied().enumerate().collect();
    keep(folder, &format!("slap_{seed}"), &body.fingers(&four, 4, 5, Skin::Normal)?.glass)?;
    for document in [Document::Kk, Document::BirthCertificate] {
        keep(folder, &format!("page_{seed}_{}", document.word()), &body.page(document, 0)?)?;
    }
    Ok(())
}

fn keep(folder: &Path, name: &str, image: &Image) -> std::io::Result<()> {
    let ending = match image.media {
        MediaType::Jpeg => "jpg",
        MediaType::Png => "png",
    };
    std::fs::write(folder.join(format!("{name}.{ending}")), &image.bytes)
}
