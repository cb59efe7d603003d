/*!
Winograd's convolution for 3x3 filters of stride 1: fewer multiplications for some more additions.

Along one axis, four outputs of a filter of three taps take twelve products when summed directly. The product of a
polynomial of four coefficients and one of three has degree 5, so it is determined by its values at six points, and each
value takes one product. The convolution is the transpose of that map and also takes six products: in two dimensions 36
instead of 144, for an output tile of 4x4 pixels and its input tile of 6x6. At each of the 36 positions of the
transformed tiles there is a matrix product: transformed input tiles (a row for each tile, a column for each channel)
times transformed filters.

```text
y = Aᵀ [ (G w Gᵀ) · (Bᵀ x B) ] A        dw = Gᵀ [ Σ (Bᵀ x B) · (A dy Aᵀ) ] G
```

In `transform.rs`, Bᵀ is `InputTransform`, G is `FilterTransform`, Aᵀ is `OutputTransform`, A is
`OutputGradientTransform` and Gᵀ is `FilterGradientTransform`. The gradient of the images is the convolution of the
outputs' gradients with the filters rotated by 180°.

DIFFERENCE: the sums round differently from the direct ones, with up to twice the error (`transform.rs`); an infinity or
NaN in an input tile can spread to all outputs of its tile, and so can values that overflow beyond about 1e37.

`tiling.rs` cuts images into tiles and transforms them; `convolve.rs` and `filter_gradient.rs` multiply.
*/

mod convolve;
mod filter_gradient;
mod tiling;
mod transform;

pub(crate) use convolve::Filters;
pub(crate) use tiling::Winograd;
