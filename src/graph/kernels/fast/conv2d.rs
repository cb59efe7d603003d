/*!
The 2-D convolution and its two gradients.

Most are matrix products that read the images in place: no im2col buffer is built, and no image is padded
(`gemm/rows.rs`, `gemm/outer.rs`). 3x3 filters over many channels use Winograd's convolution (`winograd/mod.rs`).
*/

use super::conv_products;
use super::gemm::epilogue::EpiloguePtrs;
use super::gemm::outer;
use super::gemm::panels::{self, RightMatrix};
use super::isa::Isa;
use super::winograd::{Filters, Winograd};
use crate::graph::kernels::epilogue::{Epilogue, Norm};
use crate::graph::kernels::geometry::ConvGeometry;
use crate::graph::kernels::workspace::Workspace;

/// The convolution of images with filters.
///
/// ```text
/// y[i,h,w,c] = sum over kh, kw, k of x[i, h stride_h + kh - pad_top, w stride_w + kw - pad_left, k] w[kh,kw,k,c]
/// ```
///
/// `x` is `(m, n_h_prev, n_w_prev, n_c_prev)`, `w` is `(f_h, f_w, n_c_prev, n_c)`, `y` is `(m, n_h, n_w, n_c)`; pixels
/// outside the image are zero.
///
/// DIFFERENCE: 3x3 filters over many channels use Winograd's convolution, which rounds differently from the sum above,
/// with up to twice the error, and spreads an infinity or NaN to nearby pixels. Whether it is used depends on the size
/// of the batch, so the last bits of one image's outputs may, too.
///
/// # Panics
/// If a slice does not have the length that the geometry says, or the epilogue normalises: see
/// [`Prepared::normalised`].
pub fn forward(g: &ConvGeometry, x: &[f32], w: &[f32], y: &mut [f32], epilogue: Epilogue, ws: &mut Workspace) {
    check("w", w.len(), g.filter_len());
    match Winograd::plan(g, ws.isa()) {
        Some(plan) => convolve_winograd(&plan, g, x, Filters::Plain(RightMatrix::Plain(w)), y, epilogue, ws),
        None => convolve(g, x, RightMatrix::Plain(w), y, epilogue, ws),
    }
}

/// Filters packed as the kernels read them, for [`forward_prepared`]: worth it where the same filters serve many
/// batches, or small ones. They are valid for batches of any size, and workspaces with the same instruction set.
#[derive(Debug)]
pub struct Prepared {
    /// Taps and channels of the filters, and the instruction set.
    shape: (usize, usize, usize, Isa),
    packed: Vec<f32>,
    /// For Winograd's convolution, empty until a batch is large enough for it.
    transformed: Vec<f32>,
}

impl Prepared {
    /// Packs filters.
    ///
    /// # Panics
    /// If `w` does not have the length that the geometry says.
    pub fn new(g: &ConvGeometry, w: &[f32], ws: &Workspace) -> Prepared {
        check("w", w.len(), g.filter_len());
        let k = g.n_taps() * g.n_c_prev;
        let mut packed = vec![0.0; panels::packed_len(ws.isa(), k, g.n_c)];
        panels::pack(ws.threads(), ws.isa(), k, g.n_c, RightMatrix::Plain(w), &mut packed);
        Prepared { shape: Prepared::shape(g, ws), packed, transformed: Vec::new() }
    }

    /// Packs filters that convolve and normalise at once, and returns them with their biases: w s and (b − mean) s +
    /// beta, with s = gamma / √(variance + epsilon). `bias` None means zero.
    ///
    /// # Panics
    /// As [`Prepared::new`].
    pub fn normalised(
        g: &ConvGeometry,
        w: &[f32],
        bias: Option<&[f32]>,
        norm: Norm,
        ws: &Workspace,
    ) -> (Prepared, Vec<f32>) {
        let scale: Vec<f32> = (0..g.n_c).map(|c| norm.gamma[c] / (norm.variance[c] + norm.epsilon).sqrt()).collect();
        let mut scaled = Vec::with_capacity(w.len());
        for w in w.chunks_exact(g.n_c) {
            scaled.extend(w.iter().zip(&scale).map(|(w, scale)| w * scale));
        }
        let shift = |c: usize| (bias.map_or(0.0, |bias| bias[c]) - norm.mean[c]) * scale[c] + norm.beta[c];
        (Prepared::new(g, &scaled, ws), (0..g.n_c).map(shift).collect())
    }

    fn shape(g: &ConvGeometry, ws: &Workspace) -> (usize, usize, usize, Isa) {
        (g.n_taps(), g.n_c_prev, g.n_c, ws.isa())
    }
}

/// As [`forward`], with filters that were packed before; the results have the same bits.
///
/// # Panics
/// If a slice does not have the length that the geometry says, the filters were packed for another shape or instruction
/// set, or the epilogue normalises.
pub fn forward_prepared(
    g: &ConvGeometry,
    x: &[f32],
    prepared: &mut Prepared,
    y: &mut [f32],
    epilogue: Epilogue,
    ws: &mut Workspace,
) {
    let shape = Prepared::shape(g, ws);
    assert!(
        prepared.shape == shape,
        "conv2d: expected filters packed for (taps, channels in, channels out, instruction set) {shape:?}, got {:?}",
        prepared.shape
    );
    match Winograd::plan(g, ws.isa()) {
        Some(plan) => {
            if prepared.transformed.is_empty() {
                prepared.transformed = plan.transform_filters(&prepared.packed, ws);
            }
            convolve_winograd(&plan, g, x, Filters::Transformed(&prepared.transformed), y, epilogue, ws);
        }
        None => convolve(g, x, RightMatrix::Packed(&prepared.packed), y, epilogue, ws),
    }
}

fn convolve(g: &ConvGeometry, x: &[f32], right: RightMatrix, y: &mut [f32], epilogue: Epilogue, ws: &mut Workspace) {
    check("x", x.len(), g.input_len());
    check("y", y.len(), g.output_len());
    let epilogue = EpiloguePtrs::checked(epilogue, g.n_c, g.output_len());
    let product = conv_products::forward(g);
    let (threads, isa, scratch) = ws.parts(product.scratch_len(ws.threads(), ws.isa(), right));
    // SAFETY: the lengths were checked, and the regions only hold segments inside the image.
    unsafe { product.run(threads, isa, scratch, x, right, y.as_mut_ptr(), epilogue) };
}

fn convolve_winograd(
    plan: &Winograd,
    g: &ConvGeometry,
    x: &[f32],
    filters: Filters,
    y: &mut [f32],
    epilogue: Epilogue,
    ws: &mut Workspace,
) {
    check("x", x.len(), g.input_len());
    check("y", y.len(), g.output_len());
    let epilogue = EpiloguePtrs::checked(epilogue, g.n_c, g.output_len());
    // SAFETY: the lengths were checked.
    unsafe { plan.convolve(x, filters, y.as_mut_ptr(), epilogue, ws) };
}

/// The gradient of a convolution with respect to its images.
///
/// ```text
/// dx[i,h,w,k] (+)= sum over kh, kw, c of dy[i, (h + pad_top - kh) / stride_h, (w + pad_left - kw) / stride_w, c]
///                                      w[kh,kw,k,c],   over the (kh, kw) that divide evenly
/// ```
///
/// With `accumulate`, the gradient is added to what `dx` holds.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn backward_input(g: &ConvGeometry, dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool, ws: &mut Workspace) {
    check("dy", dy.len(), g.output_len());
    check("w", w.len(), g.filter_len());
    check("dx", dx.len(), g.input_len());
    let dx = dx.as_mut_ptr();
    let add = if accumulate { dx.cast_const() } else { std::ptr::null() };
    let epilogue = EpiloguePtrs { add, ..EpiloguePtrs::default() };
    if let Some(plan) = Winograd::plan_backward(g, ws.isa()) {
        // The filters rotated by 180°.
        let order: [usize; 9] = std::array::from_fn(|tap| 8 - tap);
        let filters = Filters::Plain(RightMatrix::Transposed { matrices: w, order: &order });
        // SAFETY: the lengths were checked.
        return unsafe { plan.convolve(dy, filters, dx, epilogue, ws) };
    }
    let (mut product, order) = conv_products::backward_input(g);
    if accumulate {
        // With a large stride, some pixels are in no window: nothing is added to them.
        product.regions.retain(|region| !region.segments.is_empty());
    }
    let right = RightMatrix::Transposed { matrices: w, order: &order };
    let (threads, isa, scratch) = ws.parts(product.scratch_len(ws.threads(), ws.isa(), right));
    // SAFETY: the lengths were checked, and the regions only hold segments inside the image.
    unsafe { product.run(threads, isa, scratch, dy, right, dx, epilogue) };
}

/// The gradient of a convolution with respect to its filters.
///
/// ```text
/// dw[kh,kw,k,c] = sum over i, h, w of x[i, h stride_h + kh - pad_top, w stride_w + kw - pad_left, k] dy[i,h,w,c]
/// ```
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
    check("x", x.len(), g.input_len());
    check("dy", dy.len(), g.output_len());
    check("dw", dw.len(), g.filter_len());
    match Winograd::plan(g, ws.isa()) {
        // SAFETY: the lengths were checked.
        Some(plan) => unsafe { plan.backward_filter(x, dy, dw, ws) },
        None => outer::backward_filter(g, x, dy, dw, ws),
    }
}

#[track_caller]
fn check(name: &str, len: usize, expected: usize) {
    assert!(len == expected, "conv2d: expected {name} to have {expected} elements as the geometry says, got {len}");
}
