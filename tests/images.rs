/*!
Pictures from files: formats, orientation, transparency, damage; then sizes and variation.
*/

use cnn::images::{Augment, PrincipalColors, centre_crop, load, load_for_network, normalize, resize, save};
use cnn::prelude::*;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};
use std::path::Path;

/// Four blocks of colour, 40 wide and 24 high: red, green over blue, white.
fn four_blocks() -> Array3<u8> {
    let colours = [[200, 30, 30], [30, 180, 40], [30, 40, 190], [250, 250, 250]];
    Array3::from_shape_fn((24, 40, 3), |(row, column, c)| colours[2 * (row / 12) + column / 20][c])
}

fn write_png(path: &Path, pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) {
    let file = std::fs::File::create(path).unwrap();
    PngEncoder::new(file).write_image(pixels, width, height, color).unwrap();
}

/// The blocks as JPEG, with a note that the camera was turned (EXIF tag 0x0112), if `orientation` is not 0.
fn jpeg(orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels: Vec<u8> = four_blocks().into_raw_vec_and_offset().0;
    JpegEncoder::new_with_quality(&mut bytes, 95).encode(&pixels, 40, 24, ExtendedColorType::Rgb8).unwrap();
    if orientation != 0 {
        let mut exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        bytes.splice(2..2, exif);
    }
    bytes
}

/// Whether a picture has these colours near its four corners, within what JPEG changes.
fn corners_are(picture: &Array3<u8>, expected: [[u8; 3]; 4]) -> bool {
    let (n_h, n_w, _) = picture.dim();
    let at = [(3, 3), (3, n_w - 4), (n_h - 4, 3), (n_h - 4, n_w - 4)];
    at.iter()
        .zip(expected)
        .all(|(&(row, column), colour)| (0..3).all(|c| picture[[row, column, c]].abs_diff(colour[c]) < 12))
}

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 180, 40];
const BLUE: [u8; 3] = [30, 40, 190];
const WHITE: [u8; 3] = [250, 250, 250];

#[test]
fn a_png_is_read_to_the_byte_whatever_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture.jpg"); // in truth a PNG
    let pixels: Vec<u8> = four_blocks().into_raw_vec_and_offset().0;
    write_png(&path, &pixels, 40, 24, ExtendedColorType::Rgb8);
    assert_eq!(load(&path).unwrap(), four_blocks());
}

#[test]
fn a_jpeg_is_turned_upright() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture.jpg");
    for (orientation, shape, corners) in [
        (0, (24, 40, 3), [RED, GREEN, BLUE, WHITE]),
        (1, (24, 40, 3), [RED, GREEN, BLUE, WHITE]),
        (3, (24, 40, 3), [WHITE, BLUE, GREEN, RED]), // the camera was held upside down
        (6, (40, 24, 3), [BLUE, RED, WHITE, GREEN]), // to be turned to the right
        (8, (40, 24, 3), [GREEN, WHITE, RED, BLUE]), // to be turned to the left
    ] {
        std::fs::write(&path, jpeg(orientation)).unwrap();
        let picture = load(&path).unwrap();
        assert_eq!(picture.dim(), shape, "orientation {orientation}");
        assert!(corners_are(&picture, corners), "orientation {orientation}");
    }
}

#[test]
fn transparent_parts_are_white_and_grey_becomes_colour() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture.png");
    write_png(&path, &[10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 200, 51], 3, 1, ExtendedColorType::Rgba8);
    assert_eq!(load(&path).unwrap(), array![[[255, 255, 255], [10, 20, 30], [204, 224, 244]]]);
    write_png(&path, &[0, 77, 255], 3, 1, ExtendedColorType::L8);
    assert_eq!(load(&path).unwrap(), array![[[0, 0, 0], [77, 77, 77], [255, 255, 255]]]);
}

#[test]
fn what_is_no_picture_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my_hand.jpg");
    let says = |parts: [&str; 2]| {
        let message = load(&path).unwrap_err().to_string();
        for part in ["my_hand.jpg", "expected: a complete JPEG or PNG picture", "help: ", parts[0], parts[1]] {
            assert!(message.contains(part), "`{part}` is missing in:\n{message}");
        }
    };
    says(["not found", "check the name"]);
    let jpeg = jpeg(0);
    let other: [(&[u8], &str); 6] = [
        (b"", "an empty file"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC picture"),
        (b"GIF89a....", "a GIF picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"hello, world", "starts with [68, 65"),
    ];
    for (bytes, found) in other {
        std::fs::write(&path, bytes).unwrap();
        says([found, "save or export it as JPEG or PNG"]);
    }
    std::fs::write(&path, &jpeg[..jpeg.len() / 3]).unwrap();
    says(["a damaged JPEG: it ends", "copy the file again"]);
}

#[test]
fn a_relative_path_says_where_it_starts() {
    let message = load("no/such/picture.png").unwrap_err().to_string();
    let here = std::env::current_dir().unwrap();
    assert!(message.contains(&format!("a relative path starts at {}", here.display())), "{message}");
}

#[test]
fn a_picture_of_ones_own_is_ready_for_a_network() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture.jpg");
    std::fs::write(&path, jpeg(0)).unwrap();
    let x = load_for_network(&path, 64).unwrap();
    assert_eq!(x.dim(), (1, 64, 64, 3));
    assert!(x.iter().all(|value| (0.0..=1.0).contains(value)));
    let picture = x.index_axis(Axis(0), 0).mapv(|value| (value * 255.0).round() as u8);
    assert!(corners_are(&picture, [RED, GREEN, BLUE, WHITE]), "cropped around the middle");
}

#[test]
fn resizing_keeps_means_and_gradients_and_shows_no_moire() {
    // A fine chequerboard has the mean 100 everywhere once it is small.
    let fine = Array3::from_shape_fn((512, 512, 3), |(row, column, _)| if (row + column) % 2 == 0 { 0u8 } else { 200 });
    assert!(resize(&fine, 64, 64).iter().all(|value| value.abs_diff(100) <= 1));
    let ramp = Array3::from_shape_fn((128, 256, 3), |(_, column, c)| if c == 0 { column as u8 } else { 7 });
    let small = resize(&ramp, 64, 64);
    for column in 2..62 {
        assert!(small[[30, column, 0]].abs_diff((column * 4 + 2) as u8) <= 1, "column {column}");
        assert_eq!(small[[30, column, 1]], 7);
    }
    assert_eq!(resize(&four_blocks(), 24, 40), four_blocks(), "the same size changes nothing");
    assert_eq!(resize(&four_blocks(), 48, 10).dim(), (48, 10, 3));
}

#[test]
fn a_crop_takes_the_middle() {
    let tall = Array3::from_shape_fn((7, 3, 1), |(row, column, _)| 10 * row + column);
    assert_eq!(centre_crop(&tall).index_axis(Axis(2), 0), array![[20, 21, 22], [30, 31, 32], [40, 41, 42]]);
}

#[test]
fn bytes_become_numbers_from_0_to_1() {
    let bytes = Array1::from_iter(0..=255u8);
    let exact: Vec<f32> = (0..=255).map(|byte| (f64::from(byte) / 255.0) as f32).collect();
    assert_eq!(normalize(&bytes).to_vec(), exact, "as NumPy's x / 255. cast to float32");
}

#[test]
fn each_variation_does_what_its_name_says() {
    let x = Array4::from_shape_fn((6, 9, 9, 1), |(i, row, column, _)| ((i + row * 9 + column * 2) % 83) as f32 / 83.0);
    assert_eq!(Augment::new().apply(&x, 3), x, "nothing named, nothing varied");

    let flipped = Augment::new().flip().apply(&x, 3);
    let mirrored = |i: usize| x.slice(s![i, .., ..;-1, ..]);
    let kinds: Vec<bool> = (0..6)
        .map(|i| {
            let is_mirrored = flipped.index_axis(Axis(0), i) == mirrored(i);
            assert!(is_mirrored || flipped.index_axis(Axis(0), i) == x.index_axis(Axis(0), i));
            is_mirrored
        })
        .collect();
    assert!(kinds.contains(&true) && kinds.contains(&false), "{kinds:?}");

    let lighter = Augment::new().brightness(0.3).apply(&x, 3);
    for i in 0..6 {
        let factor = lighter[[i, 1, 1, 0]] / x[[i, 1, 1, 0]];
        assert!((0.7..=1.3).contains(&factor));
        let expected = x.index_axis(Axis(0), i).mapv(|value| (value * factor).clamp(0.0, 1.0));
        assert!(lighter.index_axis(Axis(0), i).iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    let mut dot = Array4::<f32>::zeros((40, 33, 33, 1));
    dot.slice_mut(s![.., 16, 16, ..]).fill(1.0);
    let turned = Augment::new().rotate(180.0).apply(&dot, 5);
    assert!(turned.slice(s![.., 16, 16, 0]).iter().all(|&value| (value - 1.0).abs() < 1e-5), "the middle stays");
    let moved = Augment::new().shift(0.2).apply(&dot, 5);
    let places: Vec<(f32, f32)> = moved
        .outer_iter()
        .map(|picture| {
            assert!((picture.sum() - 1.0).abs() < 1e-5, "a dot between four pixels is shared among them");
            let mean =
                |axis: usize| picture.indexed_iter().map(|((r, c, _), v)| [r, c][axis] as f32 * v).sum::<f32>() - 16.0;
            (mean(0), mean(1))
        })
        .collect();
    let limit = 0.2 * 33.0;
    assert!(places.iter().all(|(y, x)| y.abs() <= limit && x.abs() <= limit), "{places:?}");
    assert!(places.iter().any(|(y, x)| y.abs() > 0.5 * limit && x.abs() > 0.5 * limit), "{places:?}");
    assert_ne!(moved, Augment::new().shift(0.2).apply(&dot, 6), "another seed, other places");
}

#[test]
fn a_shear_moves_rows_sideways_and_a_crop_enlarges() {
    // A line from top to bottom through the middle.
    let mut line = Array4::<f32>::zeros((20, 33, 33, 1));
    line.slice_mut(s![.., .., 16, ..]).fill(1.0);
    let column_of = |picture: &ArrayView3<f32>, row: usize| {
        let row = picture.slice(s![row, .., 0]);
        row.iter().enumerate().map(|(c, v)| c as f32 * v).sum::<f32>() / row.sum()
    };
    let sheared = Augment::new().shear(20.0).apply(&line, 3);
    let mut farthest: f32 = 0.0;
    for picture in sheared.outer_iter() {
        let (top, middle, bottom) = (column_of(&picture, 2), column_of(&picture, 16), column_of(&picture, 30));
        assert!((middle - 16.0).abs() < 1e-3, "the middle row stays: {middle}");
        assert!(((top - 16.0) + (bottom - 16.0)).abs() < 0.05, "up and down by as much: {top}, {bottom}");
        farthest = farthest.max((top - 16.0).abs());
    }
    let limit = 14.0 * 20.0_f32.to_radians().tan();
    assert!(farthest > 0.6 * limit && farthest <= limit + 0.05, "{farthest} of at most {limit}");

    // Brightness rises to the right, so a part of the picture has a smaller range, and the slope gets smaller.
    let ramp = Array4::from_shape_fn((20, 21, 21, 1), |(_, _, column, _)| column as f32 / 20.0);
    let cropped = Augment::new().crop(0.4).apply(&ramp, 3);
    let ranges: Vec<f32> = cropped.outer_iter().map(|picture| picture[[10, 20, 0]] - picture[[10, 0, 0]]).collect();
    assert!(ranges.iter().all(|range| (0.59..=1.001).contains(range)), "{ranges:?}");
    assert!(ranges.iter().any(|range| *range < 0.75) && ranges.iter().any(|range| *range > 0.8), "{ranges:?}");
}

#[test]
fn colours_shift_by_channel_and_along_their_principal_components() {
    let mut x = RandomState::new(4).random_sample((2, 5, 6, 3)).mapv(|v| v as f32);
    for (mut pixel, _) in x.rows_mut().into_iter().zip(0..) {
        pixel[1] += pixel[0];
    }
    // np.linalg.eigh(np.cov(x.reshape(-1, 3).T, bias=True)), the largest eigenvalue first, with the sign of `vectors`.
    let colors = PrincipalColors::of(&x);
    let variances = [0.20481818414801864, 0.08505981999428447, 0.03221872942118752];
    let vectors = [
        [0.48167129302238665, 0.8758736542498552, -0.02895008236857264],
        [0.08322928844426447, -0.012835086531086184, 0.9964477638585983],
        [0.8723907673876448, -0.48236977760297584, -0.07908063373577573],
    ];
    for k in 0..3 {
        assert!((colors.variances[k] - variances[k]).abs() < 1e-7, "{colors:?}");
        assert!((0..3).all(|c| (colors.vectors[k][c] - vectors[k][c]).abs() < 1e-6), "{colors:?}");
    }

    let gray = Array4::from_elem((30, 4, 4, 3), 0.5_f32);
    let shifted = Augment::new().rgb_shift(0.1).apply(&gray, 1);
    let along = Augment::new().pca_colors(colors, 0.3).apply(&gray, 1);
    let mut largest: f32 = 0.0;
    for pictures in [&shifted, &along] {
        for picture in pictures.outer_iter() {
            let first = picture.slice(s![0, 0, ..]).to_owned();
            assert!(picture.rows().into_iter().all(|pixel| pixel == first), "every pixel by as much");
        }
    }
    for value in &shifted {
        largest = largest.max((value - 0.5).abs());
    }
    assert!((0.08..=0.1001).contains(&largest), "{largest}");
    // The shift's variance along a component is (0.3 λ)², so it is largest along the first.
    let spread = |k: usize| {
        let along = along.slice(s![.., 0, 0, ..]);
        let parts =
            along.rows().into_iter().map(|p| (0..3).map(|c| f64::from(p[c] - 0.5) * vectors[k][c]).sum::<f64>());
        (parts.map(|part| part * part).sum::<f64>() / 30.0).sqrt()
    };
    for (k, variance) in variances.into_iter().enumerate() {
        assert!((0.6..1.5).contains(&(spread(k) / (0.3 * variance))), "component {k}: {}", spread(k));
    }
}

#[test]
fn a_turned_picture_is_turned_the_right_way_and_back() {
    // A bar to the right of the middle: turning by +θ and by −θ must not give the same.
    let mut x = Array4::<f32>::zeros((1, 33, 33, 1));
    x.slice_mut(s![0, 16, 17.., 0]).fill(1.0);
    let turned = Augment::new().rotate(90.0).apply(&x, 2);
    let (rows, columns): (f32, f32) = turned
        .indexed_iter()
        .fold((0.0, 0.0), |sum, ((_, r, c, _), v)| (sum.0 + (r as f32 - 16.0) * v, sum.1 + (c as f32 - 16.0) * v));
    let length = turned.sum();
    let expected = 8.5 * length; // the bar's middle is 8.5 pixels from the centre, in whatever direction
    assert!((rows.hypot(columns) - expected).abs() < 0.1 * expected, "rigid: {rows} {columns} {length}");
}

#[test]
fn a_saved_picture_is_read_again_to_the_byte_and_a_failed_one_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("blocks.png");
    save(&path, &four_blocks()).unwrap();
    assert_eq!(load(&path).unwrap(), four_blocks());
    save(&path, &four_blocks().slice_move(ndarray::s![..12, .., ..])).unwrap();
    assert_eq!(load(&path).unwrap().dim(), (12, 40, 3), "the second replaces the first");

    let error = save(dir.path().join("blocks.jpg"), &four_blocks()).unwrap_err().to_string();
    assert!(error.contains("help: give the file a name that ends in .png"), "{error}");
    assert!(save(dir.path().join("no_folder/blocks.png"), &four_blocks()).is_err());
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["blocks.png"]);
}
