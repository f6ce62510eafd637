//! Pictures: what is promised about size, resolution and weight, and that no two impressions are the same.

#![cfg(test)]

use std::time::Instant;

use image::GenericImageView;
use jiff::civil::date;
use rekam_domain::document::Document;
use rekam_driver_api::{Eye, Finger, FingerGroup, Image, MediaType};
use rekam_driver_sim::{Body, Detail, SIGNATURE_DPI, Skin, SyntheticPerson};

fn body(seed: u64, detail: Detail) -> Body {
    Body::new(SyntheticPerson::new(seed, date(2026, 11, 21)), detail)
}

fn places(group: FingerGroup) -> Vec<(usize, Finger)> {
    group.fingers().iter().copied().enumerate().collect()
}

/// Everything a recording takes of one person.
fn everything(body: &Body) -> Vec<Image> {
    let mut images = Vec::new();
    for group in FingerGroup::SLAPS {
        let fingers = places(group);
        let touched = body.fingers(&fingers, fingers.len(), 1, Skin::Normal).expect("drawn");
        images.extend(touched.fingers.into_iter().map(|(_, rated, _)| rated.image));
        images.push(touched.glass);
    }
    for eye in Eye::ALL {
        images.push(body.iris(*eye, 1, false).expect("drawn").image);
    }
    images.push(body.portrait(1, false, body.person().curtain(), (480, 640)).expect("drawn"));
    images.push(body.signature(1).expect("drawn").1);
    for document in [Document::Kk, Document::BirthCertificate] {
        images.push(body.page(document, 1).expect("drawn"));
    }
    images
}

/// The resolution the bytes themselves name.
fn dpi_in_bytes(image: &Image) -> Option<u16> {
    match image.media {
        MediaType::Png => {
            let reader = png::Decoder::new(std::io::Cursor::new(&image.bytes)).read_info().expect("a PNG");
            let per_metre = reader.info().pixel_dims?.xppu;
            u16::try_from((u64::from(per_metre) * 254 + 5_000) / 10_000).ok()
        }
        // The head of a JFIF file: unit 1 is dots an inch.
        MediaType::Jpeg => {
            (image.bytes[13] == 1).then(|| u16::from_be_bytes([image.bytes[14], image.bytes[15]]))
        }
    }
}

#[test]
fn pictures_hold_what_they_promise() {
    for detail in [Detail::Full, Detail::Tiny] {
        for image in everything(&body(3, detail)) {
            let read = image::load_from_memory(&image.bytes).expect("decodes");
            assert_eq!(read.dimensions(), (image.width_px, image.height_px), "{image:?}");
            if image.dpi.is_some() {
                assert_eq!(dpi_in_bytes(&image), image.dpi, "{image:?}");
            }
        }
    }
}

#[test]
fn pictures_are_no_heavier_than_a_packet_allows() {
    let body = body(4, Detail::Full);
    for finger in Finger::ALL {
        let print = body.finger(*finger, 1, Skin::Normal).expect("drawn").image;
        assert_eq!((print.width_px, print.height_px, print.dpi), (400, 500, Some(500)));
        assert!(print.bytes.len() < 200_000, "{print:?}");
    }
    for eye in Eye::ALL {
        let iris = body.iris(*eye, 1, false).expect("drawn").image;
        assert_eq!((iris.width_px, iris.height_px), (640, 480));
        assert!(iris.bytes.len() < 200_000, "{iris:?}");
    }
    let photo = body.portrait(1, false, body.person().curtain(), (480, 640)).expect("drawn");
    assert_eq!((photo.width_px, photo.height_px), (480, 640));
    assert!(photo.bytes.len() < 150_000, "{photo:?}");
    let (strokes, picture) = body.signature(1).expect("drawn");
    assert_eq!(picture.dpi, Some(SIGNATURE_DPI));
    let json = serde_json::to_vec(&strokes).expect("plain values");
    assert!(json.len() + picture.bytes.len() < 40_000, "{} + {picture:?}", json.len());
    let page = body.page(Document::Kk, 1).expect("drawn");
    assert_eq!((page.width_px, page.height_px, page.dpi), (1654, 2339, Some(200)));
    assert!(page.bytes.len() < 280_000, "{page:?}");
}

#[test]
fn the_same_order_gives_the_same_bytes_and_the_next_one_others() {
    for detail in [Detail::Full, Detail::Tiny] {
        assert_eq!(everything(&body(5, detail)), everything(&body(5, detail)));
        let body = body(5, detail);
        let finger = |number| body.finger(Finger::LeftIndex, number, Skin::Normal).expect("drawn").image;
        assert_ne!(finger(1), finger(2));
        let iris = |number| body.iris(Eye::Left, number, false).expect("drawn").image;
        assert_ne!(iris(1), iris(2));
        let photo =
            |number| body.portrait(number, false, body.person().curtain(), (480, 640)).expect("drawn");
        assert_ne!(photo(1), photo(2));
        assert_ne!(body.signature(1).expect("drawn").0, body.signature(2).expect("drawn").0);
        assert_ne!(body.page(Document::Kk, 1).expect("drawn"), body.page(Document::Kk, 2).expect("drawn"));
    }
}

#[test]
fn a_finger_in_the_slap_is_the_finger_alone() {
    let body = body(6, Detail::Full);
    let touched = body.fingers(&places(FingerGroup::LeftFour), 4, 1, Skin::Normal).expect("drawn");
    let glass = image::load_from_memory(&touched.glass.bytes).expect("decodes").to_luma8();
    assert_eq!(glass.dimensions(), (1600, 1500));
    for (finger, rated, area) in touched.fingers {
        let alone = image::load_from_memory(&rated.image.bytes).expect("decodes").to_luma8();
        let cut = glass.view(area.left_px, area.top_px, area.width_px, area.height_px).to_image();
        assert!(cut == alone, "{}", finger.word());
    }
}

#[test]
fn strokes_run_forward_in_time_and_stay_on_the_pad() {
    for seed in 0..30 {
        let (strokes, _) = body(seed, Detail::Full).signature(1).expect("drawn");
        let points: Vec<_> = strokes.iter().flat_map(|stroke| &stroke.points).collect();
        assert!(points.windows(2).all(|pair| pair[0].t_ms < pair[1].t_ms));
        assert!(points.iter().all(|point| (1..=1023).contains(&point.pressure)));
        assert!(points.iter().all(|point| point.x <= 10_000 && point.y <= 4_000));
    }
}

/// Prints what a person costs; refuses only what would be wrong by an order of magnitude, because machines differ.
#[test]
fn a_person_is_drawn_quickly() {
    let full = body(9, Detail::Full);
    let started = Instant::now();
    everything(&full);
    let first = started.elapsed();
    let started = Instant::now();
    everything(&full);
    let again = started.elapsed();
    let started = Instant::now();
    for seed in 0..20 {
        everything(&body(seed, Detail::Tiny));
    }
    let tiny = started.elapsed() / 20;
    println!("a person: first {first:?}, again {again:?}, tiny {tiny:?}");
    assert!(first.as_millis() < 10_000 && tiny.as_millis() < 200, "{first:?} {tiny:?}");
}
