/*!
Assignment 7, "Practice": how one picture becomes many, for training and for the answer.

Single pictures go in, pictures come out. The networks that learn from them are in the chapter.
*/

use cnn::prelude::*;

/// Mirrors a picture left to right.
///
/// out\[i, j, c\] = image\[i, n_w − 1 − j, c\]
///
/// # Arguments
/// * `image`: shape (n_h, n_w, n_c)
///
/// # Returns
/// The mirrored picture, shape (n_h, n_w, n_c).
pub fn mirror(image: &Array3<f64>) -> Array3<f64> {
    // START CODE HERE (≈ 1 line)
    //~ let mirrored: Array3<f64> = todo!("mirror: read the columns from right to left");
    let mirrored = image.slice(s![.., ..;-1, ..]).to_owned(); // (n_h, n_w, n_c)
    // END CODE HERE
    mirrored
}

/// Cuts a part out of a picture, at a place that is drawn at random.
///
/// Every place where the part lies inside the picture is as likely as the others.
///
/// # Arguments
/// * `image`: shape (n_h, n_w, n_c)
/// * `f_h`, `f_w`: height and width of the part, at most n_h and n_w
/// * `seed`: of the generator that draws the top row and then the left column
///
/// # Returns
/// The part, shape (f_h, f_w, n_c).
pub fn random_crop(image: &Array3<f64>, f_h: usize, f_w: usize, seed: u32) -> Array3<f64> {
    let (n_h, n_w, _) = image.dim();
    let mut rng = np::RandomState::new(seed);
    // START CODE HERE (≈ 3 lines)
    //~ let part: Array3<f64> = todo!("random_crop: draw the top row, then the left column, and slice");
    let top = rng.randint(0, (n_h - f_h + 1) as i64, 1)[0] as usize;
    let left = rng.randint(0, (n_w - f_w + 1) as i64, 1)[0] as usize;
    let part = image.slice(s![top..top + f_h, left..left + f_w, ..]).to_owned(); // (f_h, f_w, n_c)
    // END CODE HERE
    part
}

/// Shifts the colours of a picture along the principal components of a data set's colours.
///
/// out\[i, j, c\] = image\[i, j, c\] + Σ_k alpha\[k\] · variances\[k\] · components\[k, c\], cut off at 0 and 1
///
/// # Arguments
/// * `image`: shape (n_h, n_w, 3), entries from 0 to 1
/// * `variances`: the variance of the data set's pixels along each component, shape (3,)
/// * `components`: the directions of the components in red, green and blue, one in each row, shape (3, 3)
/// * `alpha`: a random number for each component, shape (3,)
///
/// # Returns
/// The picture in other colours, shape (n_h, n_w, 3), entries from 0 to 1.
pub fn pca_color_augmentation(
    image: &Array3<f64>,
    variances: &Array1<f64>,
    components: &Array2<f64>,
    alpha: &Array1<f64>,
) -> Array3<f64> {
    // START CODE HERE (≈ 2 lines)
    //~ let recolored: Array3<f64> = todo!("pca_color_augmentation: add the same shift to every pixel, then cut off");
    let shift = (alpha * variances).dot(components); // (3,)
    let recolored = (image + &shift).mapv(|value| value.clamp(0.0, 1.0)); // (n_h, n_w, 3)
    // END CODE HERE
    recolored
}

/// Cuts ten parts out of a picture: the middle and the four corners, of the picture and of its mirror image.
///
/// # Arguments
/// * `image`: shape (n_h, n_w, n_c)
/// * `f_h`, `f_w`: height and width of a part, at most n_h and n_w
///
/// # Returns
/// The parts, shape (10, f_h, f_w, n_c), in this order: middle, top left, top right, bottom left, bottom right; then the
/// same five of the mirror image. The middle begins at row (n_h − f_h) / 2 and column (n_w − f_w) / 2, rounded down.
pub fn ten_crop(image: &Array3<f64>, f_h: usize, f_w: usize) -> Array4<f64> {
    let (n_h, n_w, n_c) = image.dim();
    let mut parts = Array4::zeros((10, f_h, f_w, n_c));
    // START CODE HERE (≈ 9 lines)
    //~ todo!("ten_crop: for the picture and for its mirror image, copy the five parts into their places");
    let (bottom, right) = (n_h - f_h, n_w - f_w);
    let corners = [(bottom / 2, right / 2), (0, 0), (0, right), (bottom, 0), (bottom, right)];
    for (half, picture) in [image.clone(), mirror(image)].iter().enumerate() {
        for (place, &(top, left)) in corners.iter().enumerate() {
            let part = picture.slice(s![top..top + f_h, left..left + f_w, ..]); // (f_h, f_w, n_c)
            parts.index_axis_mut(Axis(0), 5 * half + place).assign(&part);
        }
    }
    // END CODE HERE
    parts
}
