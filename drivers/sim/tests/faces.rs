//! Faces: a detector that somebody else trained on photographs finds each, once and in the middle.

#![cfg(test)]

use std::io::Cursor;
use std::path::PathBuf;

use jiff::civil::date;
use rekam_driver_sim::{Body, Detail, SyntheticPerson};
use rustface::{ImageData, create_detector_with_model, read_model};

/// The model lies in the package of the detector, where cargo unpacked it.
fn model() -> Vec<u8> {
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("a home folder")).join(".cargo"),
        PathBuf::from,
    );
    let sources = std::fs::read_dir(home.join("registry/src")).expect("cargo unpacks packages there");
    sources
        .filter_map(|source| std::fs::read_dir(source.ok()?.path()).ok())
        .flatten()
        .filter_map(|package| Some(package.ok()?.path()))
        .filter(|package| {
            package.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rustface-"))
        })
        .find_map(|package| std::fs::read(package.join("model/seeta_fd_frontal_v1.0.bin")).ok())
        .expect("the package of the detector carries its model")
}

#[test]
fn a_detector_finds_every_face_once() {
    let mut detector =
        create_detector_with_model(read_model(Cursor::new(model())).expect("the model is whole"));
    detector.set_min_face_size(80);
    detector.set_score_thresh(2.0);
    detector.set_pyramid_scale_factor(0.8);
    detector.set_slide_window_step(4, 4);
    for seed in 0..24 {
        let body = Body::new(SyntheticPerson::new(seed, date(2026, 11, 21)), Detail::Full);
        let photo = body.portrait(1, false, body.person().curtain(), (480, 640)).expect("drawn");
        let grey = image::load_from_memory(&photo.bytes).expect("decodes").to_luma8();
        let faces = detector.detect(&ImageData::new(grey.as_raw(), grey.width(), grey.height()));
        assert_eq!(faces.len(), 1, "person {seed}: {} faces", faces.len());
        let face = faces[0].bbox();
        let middle = face.x() + i32::try_from(face.width()).expect("small") / 2;
        assert!((200..280).contains(&middle), "person {seed}: middle at {middle}");
        assert!((200..320).contains(&face.width()), "person {seed}: {} wide", face.width());
    }
}

#[test]
fn the_curtain_is_red_or_blue_in_the_corners() {
    for seed in 0..6 {
        let body = Body::new(SyntheticPerson::new(seed, date(2026, 11, 21)), Detail::Full);
        let photo = body.portrait(1, false, body.person().curtain(), (480, 640)).expect("drawn");
        let picture = image::load_from_memory(&photo.bytes).expect("decodes").to_rgb8();
        for x in [12, 467] {
            let [red, _, blue] = picture.get_pixel(x, 12).0;
            let is_odd = body.person().birth_date.year() % 2 != 0;
            assert_eq!(red > blue, is_odd, "person {seed}: {red} {blue}");
        }
    }
}
