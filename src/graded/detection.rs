/*!
Assignment 8, "Detection": the loss of a located object, the overlap of boxes, and YOLO's targets and answers.

The network that learns them is in the chapter; here are plain arrays only.
*/

use cnn::prelude::*;

/// Computes the squared error of one located object.
///
/// L = Σ (ŷ_k − y_k)² over all entries if p_c = 1, and (ŷ_0 − y_0)² alone if p_c = 0
///
/// # Arguments
/// * `y_hat`: the network's answer, p_c, b_x, b_y, b_h, b_w and one number for each class, shape (5 + n_classes,)
/// * `y`: the truth in the same order; where p_c = y\[0\] is 0, its other entries mean nothing
///
/// # Returns
/// The loss, one number.
pub fn localization_loss(y_hat: &Array1<f64>, y: &Array1<f64>) -> f64 {
    // START CODE HERE (≈ 2 lines)
    //~ let loss: f64 = todo!("localization_loss: add up the squared errors of the entries that count");
    let squared = (y_hat - y).mapv(|error| error * error); // (5 + n_classes,)
    let loss = if y[0] == 1.0 { squared.sum() } else { squared[0] };
    // END CODE HERE
    loss
}

/// Computes the intersection over union of two boxes.
///
/// IoU = area of the intersection / area of the union
///
/// # Arguments
/// * `box1`, `box2`: corners x1, y1, x2, y2 with x1 ≤ x2 and y1 ≤ y2, shape (4,)
///
/// # Returns
/// A number from 0 to 1; 0 when they share no area.
pub fn iou(box1: &ArrayView1<f64>, box2: &ArrayView1<f64>) -> f64 {
    // START CODE HERE (≈ 7 lines)
    //~ let result: f64 = todo!("iou: divide the area that the boxes share by the area that they cover together");
    let width = (box1[2].min(box2[2]) - box1[0].max(box2[0])).max(0.0);
    let height = (box1[3].min(box2[3]) - box1[1].max(box2[1])).max(0.0);
    let intersection = width * height;
    let area1 = (box1[2] - box1[0]) * (box1[3] - box1[1]);
    let area2 = (box2[2] - box2[0]) * (box2[3] - box2[1]);
    let union = area1 + area2 - intersection;
    let result = if intersection > 0.0 { intersection / union } else { 0.0 };
    // END CODE HERE
    result
}

/// Writes the objects of a picture as the volume that a detector should answer with.
///
/// An object belongs to the cell with its centre and, there, to the anchor box whose shape has the largest IoU with
/// its own. If another object has that place already, the later one replaces it.
///
/// # Arguments
/// * `objects`: one row each: b_x, b_y, b_h, b_w as parts of the picture's width and height, and the class; shape (n, 5).
///   Centres lie in 0 ≤ b_x, b_y < 1
/// * `anchors`: height and width of each anchor box, in cells, shape (n_anchors, 2)
/// * `grid`: the numbers of rows and columns of cells
/// * `n_classes`: how many classes there are
///
/// # Returns
/// The volume, shape (rows, columns, n_anchors, 5 + n_classes). Where there is an object: 1; b_x and b_y within the cell,
/// from 0 to 1; b_h and b_w in cells; 1 for its class. Elsewhere zeros.
pub fn encode_targets(
    objects: &Array2<f64>,
    anchors: &Array2<f64>,
    grid: (usize, usize),
    n_classes: usize,
) -> Array4<f64> {
    let (rows, columns) = grid;
    let n_anchors = anchors.nrows();
    let mut y: Array4<f64> = Array4::zeros((rows, columns, n_anchors, 5 + n_classes));
    // START CODE HERE (≈ 17 lines)
    //~ todo!("encode_targets: for each object find its cell and its anchor, and fill in the numbers of that place");
    for object in objects.rows() {
        let (x, y_centre) = (object[0] * columns as f64, object[1] * rows as f64); // in cells
        let (h, w) = (object[2] * rows as f64, object[3] * columns as f64);
        let (row, column) = (y_centre.floor() as usize, x.floor() as usize);
        let shape = array![0.0, 0.0, w, h]; // boxes with one common corner: their shapes alone count
        let mut best = (0, -1.0);
        for anchor in 0..n_anchors {
            let overlap = iou(&shape.view(), &array![0.0, 0.0, anchors[[anchor, 1]], anchors[[anchor, 0]]].view());
            if overlap > best.1 {
                best = (anchor, overlap);
            }
        }
        let mut place = y.slice_mut(s![row, column, best.0, ..]); // (5 + n_classes,)
        place.fill(0.0);
        place.slice_mut(s![..5]).assign(&array![1.0, x - column as f64, y_centre - row as f64, h, w]);
        place[5 + object[4] as usize] = 1.0;
    }
    // END CODE HERE
    y
}

/// Keeps the boxes whose best class has a large enough score.
///
/// score = p_c · c_k; a box's class is the k with the largest score
///
/// # Arguments
/// * `box_confidence`: p_c, shape (rows, columns, n_anchors)
/// * `boxes`: four numbers for each box, shape (rows, columns, n_anchors, 4)
/// * `box_class_probs`: one number for each class, shape (rows, columns, n_anchors, n_classes)
/// * `threshold`: a box is kept if its score is at least this
///
/// # Returns
/// The scores, (n,), the boxes, (n, 4), and the classes, (n,), of the boxes that are kept: row by row, column by column,
/// anchor by anchor.
pub fn yolo_filter_boxes(
    box_confidence: &Array3<f64>,
    boxes: &Array4<f64>,
    box_class_probs: &Array4<f64>,
    threshold: f64,
) -> (Array1<f64>, Array2<f64>, Array1<usize>) {
    let mut kept_scores: Vec<f64> = Vec::new();
    let mut kept_boxes: Array2<f64> = Array2::zeros((0, 4));
    let mut kept_classes: Vec<usize> = Vec::new();
    // START CODE HERE (≈ 13 lines)
    //~ todo!("yolo_filter_boxes: push score, box and class of every box whose best class reaches the threshold");
    for ((row, column, anchor), &p_c) in box_confidence.indexed_iter() {
        let scores = box_class_probs.slice(s![row, column, anchor, ..]).mapv(|c| p_c * c); // (n_classes,)
        let mut class = 0;
        for k in 1..scores.len() {
            if scores[k] > scores[class] {
                class = k;
            }
        }
        if scores[class] >= threshold {
            kept_scores.push(scores[class]);
            kept_boxes.push_row(boxes.slice(s![row, column, anchor, ..])).expect("four numbers for each box");
            kept_classes.push(class);
        }
    }
    // END CODE HERE
    (Array1::from_vec(kept_scores), kept_boxes, Array1::from_vec(kept_classes))
}

/// Keeps one box for each object: the best one, without those that overlap it much.
///
/// # Arguments
/// * `scores`: how sure each box is, shape (n,)
/// * `boxes`: corners x1, y1, x2, y2, shape (n, 4)
/// * `iou_threshold`: boxes whose IoU with a box that is kept is at least this are removed
///
/// # Returns
/// The indices of the boxes that are kept, the best score first.
pub fn non_max_suppression(scores: &Array1<f64>, boxes: &Array2<f64>, iou_threshold: f64) -> Array1<usize> {
    let mut kept: Vec<usize> = Vec::new();
    // START CODE HERE (≈ 11 lines)
    //~ todo!("non_max_suppression: again and again keep the best box that is left, and remove those that overlap it");
    let mut left: Vec<usize> = (0..scores.len()).collect();
    while !left.is_empty() {
        let mut best = left[0];
        for &i in &left {
            if scores[i] > scores[best] {
                best = i;
            }
        }
        kept.push(best);
        left.retain(|&i| i != best && iou(&boxes.row(i), &boxes.row(best)) < iou_threshold);
    }
    // END CODE HERE
    Array1::from_vec(kept)
}

/// Turns the volume of a detector into boxes on the picture.
///
/// # Arguments
/// * `volume`: p_c, b_x, b_y, b_h, b_w and the classes of each cell and anchor, as `encode_targets` writes them, shape
///   (rows, columns, n_anchors, 5 + n_classes)
/// * `image_shape`: height and width of the picture in pixels
/// * `score_threshold`: boxes with a smaller score are dropped
/// * `iou_threshold`: for the non-max suppression, which is done for each class alone
///
/// # Returns
/// Scores, (n,); corners x1, y1, x2, y2 in pixels, (n, 4); classes, (n,): class by class, the best score of a class first.
pub fn yolo_eval(
    volume: &Array4<f64>,
    image_shape: (usize, usize),
    score_threshold: f64,
    iou_threshold: f64,
) -> (Array1<f64>, Array2<f64>, Array1<usize>) {
    let (rows, columns, n_anchors, n_numbers) = volume.dim();
    let (n_h, n_w) = (image_shape.0 as f64, image_shape.1 as f64);
    let mut corners: Array4<f64> = Array4::zeros((rows, columns, n_anchors, 4));
    // START CODE HERE (≈ 20 lines)
    //~ todo!("yolo_eval: fill in the corners");
    for ((row, column, anchor, _), _) in volume.slice(s![.., .., .., ..1]).indexed_iter() {
        let b = volume.slice(s![row, column, anchor, 1..5]); // b_x, b_y, b_h, b_w
        let x = (column as f64 + b[0]) / columns as f64 * n_w;
        let y = (row as f64 + b[1]) / rows as f64 * n_h;
        let (h, w) = (b[2] / rows as f64 * n_h, b[3] / columns as f64 * n_w);
        let corner = array![x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
        corners.slice_mut(s![row, column, anchor, ..]).assign(&corner);
    }
    // END CODE HERE
    let box_confidence = volume.slice(s![.., .., .., 0]).to_owned(); // (rows, columns, n_anchors)
    let box_class_probs = volume.slice(s![.., .., .., 5..]).to_owned(); // (rows, columns, n_anchors, n_classes)
    let (scores, boxes, classes) = yolo_filter_boxes(&box_confidence, &corners, &box_class_probs, score_threshold);
    let mut kept: Vec<usize> = Vec::new();
    // START CODE HERE (≈ 5 lines)
    //~ todo!("yolo_eval: for each class, add the indices of the boxes that non_max_suppression keeps");
    for class in 0..n_numbers - 5 {
        let members: Vec<usize> = (0..classes.len()).filter(|&i| classes[i] == class).collect();
        let (scores, boxes) = (scores.select(Axis(0), &members), boxes.select(Axis(0), &members));
        let best = non_max_suppression(&scores, &boxes, iou_threshold);
        kept.extend(best.iter().map(|&i| members[i]));
    }
    // END CODE HERE
    (scores.select(Axis(0), &kept), boxes.select(Axis(0), &kept), classes.select(Axis(0), &kept))
}
