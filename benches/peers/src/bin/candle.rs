/*!
A training step of the course's ResNet-50 in candle, on its CPU backend.

It does not load data, and asks for nothing that candle does not do by itself, with one exception, see [`max_pool`].
*/

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{
    AdamW, BatchNorm, Conv2d, Conv2dConfig, Linear, Module, ModuleT, Optimizer, ParamsAdamW, VarBuilder, VarMap,
};
use peers::{BATCH, CLASSES, SIDE, STAGES};

/// A convolution and the normalisation that follows it.
struct Convolution {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Convolution {
    fn new(n_c_prev: usize, n_c: usize, f: usize, stride: usize, vb: VarBuilder) -> Result<Self> {
        // A padding of half the window is the course's: 3 around the picture, `same` in a block, none for 1x1.
        let config = Conv2dConfig { padding: f / 2, stride, ..Default::default() };
        let conv = candle_nn::conv2d(n_c_prev, n_c, f, config, vb.pp("conv"))?;
        Ok(Convolution { conv, norm: candle_nn::batch_norm(n_c, 1e-3, vb.pp("norm"))? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.norm.forward_t(&self.conv.forward(x)?, true)
    }
}

struct Block {
    inner: [Convolution; 3],
    shortcut: Option<Convolution>,
}

impl Block {
    /// A block whose shortcut has a convolution of its own if `stride` is given.
    fn new(n_c_prev: usize, f: usize, stride: Option<usize>, vb: VarBuilder) -> Result<Self> {
        let first_stride = stride.unwrap_or(1);
        Ok(Block {
            inner: [
                Convolution::new(n_c_prev, f, 1, first_stride, vb.pp("a"))?,
                Convolution::new(f, f, 3, 1, vb.pp("b"))?,
                Convolution::new(f, 4 * f, 1, 1, vb.pp("c"))?,
            ],
            shortcut: match stride {
                Some(stride) => Some(Convolution::new(n_c_prev, 4 * f, 1, stride, vb.pp("shortcut"))?),
                None => None,
            },
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let [a, b, c] = &self.inner;
        let inner = c.forward(&b.forward(&a.forward(x)?.relu()?)?.relu()?)?;
        match &self.shortcut {
            Some(shortcut) => (inner + shortcut.forward(x)?)?.relu(),
            None => (inner + x)?.relu(),
        }
    }
}

struct ResNet50 {
    first: Convolution,
    blocks: Vec<Block>,
    dense: Linear,
}

impl ResNet50 {
    fn new(vb: VarBuilder) -> Result<Self> {
        let mut blocks = Vec::new();
        let mut n_c = 64;
        for (f, stride, n_identity) in STAGES {
            for i in 0..=n_identity {
                let block = vb.pp(format!("block{}", blocks.len()));
                blocks.push(Block::new(n_c, f, (i == 0).then_some(stride), block)?);
                n_c = 4 * f;
            }
        }
        let first = Convolution::new(3, 64, 7, 2, vb.pp("first"))?;
        Ok(ResNet50 { first, blocks, dense: candle_nn::linear(n_c, CLASSES, vb.pp("dense"))? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = max_pool(&self.first.forward(x)?.relu()?)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        self.dense.forward(&x.avg_pool2d(2)?.flatten_from(1)?)
    }
}

/// Max pooling over 3x3 windows two apart, without padding: rows first, then columns.
///
/// DIFFERENCE: candle differentiates its own pooling only where windows do not overlap, so this one is the maximum of
/// shifted views.
fn max_pool(x: &Tensor) -> Result<Tensor> {
    let along = |x: &Tensor, axis: usize| -> Result<Tensor> {
        let n = (x.dim(axis)? - 3) / 2 + 1;
        let every_second = |offset: usize| -> Result<Tensor> {
            let mut dims = x.dims().to_vec();
            dims.splice(axis..=axis, [n, 2]);
            // The odd elements of the last pair are not used; for the third shift they come from before it.
            let (start, pick) = if offset == 2 { (2, 0) } else { (0, offset) };
            x.narrow(axis, start, 2 * n)?.contiguous()?.reshape(dims)?.narrow(axis + 1, pick, 1)?.squeeze(axis + 1)
        };
        every_second(0)?.maximum(&every_second(1)?)?.maximum(&every_second(2)?)
    };
    along(&along(x, 2)?, 3)
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let device = Device::Cpu;
    let variables = VarMap::new();
    let network = ResNet50::new(VarBuilder::from_varmap(&variables, DType::F32, &device))?;
    // AdamW without decay is Adam.
    let params = ParamsAdamW { lr: 1e-3, weight_decay: 0.0, ..Default::default() };
    let mut adam = AdamW::new(variables.all_vars(), params)?;
    let x = Tensor::from_vec(peers::images(), (BATCH, 3, SIDE, SIDE), &device)?;
    let y = Tensor::from_vec(peers::classes(), BATCH, &device)?;
    let mut step = || -> Result<f32> {
        let logits = network.forward(&x)?;
        assert_eq!(logits.dims(), [BATCH, CLASSES]);
        let log_probabilities = candle_nn::ops::log_softmax(&logits, D::Minus1)?;
        let loss = candle_nn::loss::nll(&log_probabilities, &y)?;
        adam.backward_step(&loss)?;
        loss.to_scalar()
    };
    peers::serve("candle-core", || {
        let loss = step().expect("the shapes fit");
        assert!(loss.is_finite(), "the loss is {loss}");
    })
}
