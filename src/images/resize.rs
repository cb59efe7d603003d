/*!
Crops, resizes and scales a picture to what a network takes.

For random changes see [`Augment`](super::Augment).
*/

use image::{ImageBuffer, Rgb, imageops};
use ndarray::{Array, Array3, ArrayBase, Data, Dimension, s};

/// The largest square in the middle of a picture.
///
/// # Arguments
/// * `picture`: (n_h, n_w, n_c)
///
/// # Returns
/// (n, n, n_c) with n = min(n_h, n_w)
///
/// ```
/// use cnn::prelude::*;
/// let wide = Array3::<u8>::zeros((48, 64, 3));
/// assert_eq!(cnn::images::centre_crop(&wide).dim(), (48, 48, 3));
/// ```
pub fn centre_crop<A: Clone>(picture: &Array3<A>) -> Array3<A> {
    let (n_h, n_w, _) = picture.dim();
    let n = n_h.min(n_w);
    let (top, left) = ((n_h - n) / 2, (n_w - n) / 2);
    picture.slice(s![top..top + n, left..left + n, ..]).to_owned()
}

/// A picture at another size, with the Catmull-Rom filter: sharp, and free of moiré, since it widens as it shrinks.
///
/// A shape of other proportions is squeezed into the new one: take a [`centre_crop`] first to keep them.
///
/// # Arguments
/// * `picture`: (n_h, n_w, 3)
///
/// # Returns
/// (height, width, 3)
///
/// # Panics
/// If the picture is empty or has not 3 channels, or if `height` or `width` is 0.
pub fn resize(picture: &Array3<u8>, height: usize, width: usize) -> Array3<u8> {
    let (n_h, n_w, n_c) = picture.dim();
    assert!(n_c == 3 && n_h * n_w > 0, "resize: expected a picture of shape (n_h, n_w, 3), got ({n_h}, {n_w}, {n_c})");
    assert!(height * width > 0, "resize: the new size is {height} × {width}");
    if (n_h, n_w) == (height, width) {
        return picture.clone();
    }
    let bytes: Vec<u8> = picture.iter().copied().collect();
    let buffer: ImageBuffer<Rgb<u8>, _> =
        ImageBuffer::from_raw(n_w as u32, n_h as u32, bytes).expect("three bytes a pixel");
    let resized = imageops::resize(&buffer, width as u32, height as u32, imageops::FilterType::CatmullRom);
    Array3::from_shape_vec((height, width, 3), resized.into_raw()).expect("three bytes a pixel")
}

/// Bytes divided by 255: values from 0 to 1, as all networks of the course take them.
///
/// ```
/// use cnn::prelude::*;
/// assert_eq!(cnn::images::normalize(&array![0u8, 51, 255]), array![0.0, 0.2, 1.0]);
/// ```
pub fn normalize<S: Data<Elem = u8>, D: Dimension>(pictures: &ArrayBase<S, D>) -> Array<f32, D> {
    pictures.mapv(|byte| f32::from(byte) / 255.0)
}
