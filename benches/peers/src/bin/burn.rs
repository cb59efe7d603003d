/*!
A training step of the course's ResNet-50 in burn, on its CPU backend Flex.

It does not load data, and asks for nothing that burn does not do by itself.
*/

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use peers::{BATCH, CLASSES, SIDE, STAGES};

/// A convolution and the normalisation that follows it.
#[derive(Module, Debug)]
struct Convolution {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Convolution {
    fn new(n_c_prev: usize, n_c: usize, f: usize, stride: usize, device: &Device) -> Self {
        // A padding of half the window is the course's: 3 around the picture, `same` in a block, none for 1x1.
        let pad = f / 2;
        let padding = PaddingConfig2d::Explicit(pad, pad, pad, pad);
        let conv = Conv2dConfig::new([n_c_prev, n_c], [f, f]).with_stride([stride, stride]).with_padding(padding);
        let norm = BatchNormConfig::new(n_c).with_epsilon(1e-3).with_momentum(0.01);
        Convolution { conv: conv.init(device), norm: norm.init(device) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }
}

#[derive(Module, Debug)]
struct Block {
    a: Convolution,
    b: Convolution,
    c: Convolution,
    shortcut: Option<Convolution>,
}

impl Block {
    /// A block whose shortcut has a convolution of its own if `stride` is given.
    fn new(n_c_prev: usize, f: usize, stride: Option<usize>, device: &Device) -> Self {
        Block {
            a: Convolution::new(n_c_prev, f, 1, stride.unwrap_or(1), device),
            b: Convolution::new(f, f, 3, 1, device),
            c: Convolution::new(f, 4 * f, 1, 1, device),
            shortcut: stride.map(|stride| Convolution::new(n_c_prev, 4 * f, 1, stride, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = self.c.forward(relu(self.b.forward(relu(self.a.forward(x.clone())))));
        let shortcut = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x),
            None => x,
        };
        relu(inner + shortcut)
    }
}

#[derive(Module, Debug)]
struct ResNet50 {
    first: Convolution,
    max_pool: MaxPool2d,
    blocks: Vec<Block>,
    average_pool: AvgPool2d,
    dense: Linear,
}

impl ResNet50 {
    fn new(device: &Device) -> Self {
        let mut blocks = Vec::new();
        let mut n_c = 64;
        for (f, stride, n_identity) in STAGES {
            for i in 0..=n_identity {
                blocks.push(Block::new(n_c, f, (i == 0).then_some(stride), device));
                n_c = 4 * f;
            }
        }
        ResNet50 {
            first: Convolution::new(3, 64, 7, 2, device),
            max_pool: MaxPool2dConfig::new([3, 3]).with_strides([2, 2]).init(),
            blocks,
            average_pool: AvgPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dense: LinearConfig::new(n_c, CLASSES).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.max_pool.forward(relu(self.first.forward(x)));
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x));
        self.dense.forward(self.average_pool.forward(x).flatten(1, 3))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = Device::flex().autodiff();
    let loss = CrossEntropyLossConfig::new().init(&device);
    let mut adam = AdamConfig::new().init();
    let mut network = Some(ResNet50::new(&device));
    let x = Tensor::<4>::from_data(TensorData::new(peers::images(), [BATCH, 3, SIDE, SIDE]), &device);
    let classes: Vec<i32> = peers::classes().into_iter().map(|class| class as i32).collect();
    let y = Tensor::<1, Int>::from_data(TensorData::new(classes, [BATCH]), &device);
    peers::serve("burn", || {
        let model = network.take().expect("every step puts it back");
        let logits = model.forward(x.clone());
        assert_eq!(logits.dims(), [BATCH, CLASSES]);
        let loss = loss.forward(logits, y.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        network = Some(adam.step(1e-3, model, gradients));
        let loss: f32 = loss.into_scalar();
        assert!(loss.is_finite(), "the loss is {loss}");
    })
}
