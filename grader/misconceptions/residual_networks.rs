/*!
Typical mistakes in "Residual networks".

Not a list of everything that can go wrong: a mistake stands here because learners make it. Each module is one mistake;
its documentation is the sentence that the learner reads, the function in it is the wrong body.
*/

/// The f×f convolution in the middle keeps height and width, padding Same, so that the shortcut can be added.
mod middle_convolution_is_valid {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Valid).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The block has two paths: add x_shortcut to the main path before the last relu.
mod shortcut_forgotten {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let _ = shortcut;
        Activation::new("relu").call(&x)
    }
}

/// Relu comes after the addition: the third component ends with its batch normalisation, then x_shortcut is added, then
/// relu.
mod relu_before_the_addition {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Activation::new("relu").call(&x);
        Add::new().call([&x, shortcut])
    }
}

/// After the addition comes a last relu.
mod last_relu_forgotten {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        Add::new().call([&x, shortcut])
    }
}

/// The other term of the sum is x_shortcut, the block's input, not the main path once more.
mod adds_the_main_path_to_itself {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let _ = shortcut;
        let x = Add::new().call([&x, &x]);
        Activation::new("relu").call(&x)
    }
}

/// Kernels begin with GlorotUniform::seed(0); with another seed the numbers differ from the expected ones.
mod another_seed {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(GlorotUniform::seed(1)).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(GlorotUniform::seed(1)).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// Give every convolution .kernel_initializer(GlorotUniform::seed(0)).
mod initializer_forgotten {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The third convolution is followed by a batch normalisation as well, before the addition.
mod third_normalisation_forgotten {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The second component ends with a relu, like the first.
mod second_relu_forgotten {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The third component has no activation of its own: the relu follows the addition.
mod relu_in_the_third_component {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Activation::new("relu").call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The channels are axis 3 of (m, n_h, n_w, n_c): batch normalisation is over axis 3.
mod normalises_over_rows {
    pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(1).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let x = Add::new().call([&x, shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// This shortcut needs a convolution of its own, F3 filters of 1×1 with stride s, so that its shape fits the main path.
mod shortcut_without_convolution {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let shortcut = shortcut.clone();
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The shortcut's convolution has stride s, like the first one of the main path.
mod shortcut_in_steps_of_one {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The shortcut's convolution is followed by a batch normalisation, named bn…_branch1.
mod shortcut_without_normalisation {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The shortcut's convolution has F3 filters, as many as the main path ends with.
mod shortcut_with_the_first_number_of_filters {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The shortcut is a convolution and a batch normalisation without an activation; relu follows the addition.
mod shortcut_with_relu {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let shortcut = Activation::new("relu").call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// Relu comes after the addition, not before it.
mod relu_before_the_addition_in_the_convolutional_block {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Activation::new("relu").call(&x);
        Add::new().call([&x, &shortcut])
    }
}

/// After the addition comes a last relu.
mod last_relu_forgotten_in_the_convolutional_block {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        Add::new().call([&x, &shortcut])
    }
}

/// Only the first convolution and the shortcut have stride s; the one in the middle has stride 1.
mod stride_in_the_middle_too {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(s).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// Kernels begin with GlorotUniform::seed(0), that of the shortcut as well.
mod another_seed_in_the_convolutional_block {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(GlorotUniform::seed(1)).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The f×f convolution in the middle has padding Same: only the stride changes height and width.
mod middle_convolution_is_valid_in_the_convolutional_block {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Valid).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "1"));
        let shortcut = conv.kernel_initializer(glorot()).call(shortcut);
        let shortcut = BatchNormalization::new().axis(3).name(name("bn", "1")).call(&shortcut);
        let x = Add::new().call([&x, &shortcut]);
        Activation::new("relu").call(&x)
    }
}

/// The block has two paths: the shortcut's convolution and batch normalisation, added to the main path.
mod shortcut_forgotten_in_the_convolutional_block {
    pub fn convolutional_block(
        x: &Tensor,
        f: usize,
        filters: [usize; 3],
        stage: usize,
        block: &str,
        s: usize,
    ) -> Tensor {
        let [f1, f2, f3] = filters;
        let shortcut = x;
        let name = |kind: &str, branch: &str| format!("{kind}{stage}{block}_branch{branch}");
        let glorot = || GlorotUniform::seed(0);
        let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(name("res", "2a"));
        let x = conv.kernel_initializer(glorot()).call(x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2a")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(name("res", "2b"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2b")).call(&x);
        let x = Activation::new("relu").call(&x);
        let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(name("res", "2c"));
        let x = conv.kernel_initializer(glorot()).call(&x);
        let x = BatchNormalization::new().axis(3).name(name("bn", "2c")).call(&x);
        let _ = shortcut;
        Activation::new("relu").call(&x)
    }
}

/// The identity blocks of stage 5 have the filters [512, 512, 2048], like its first block; 256 are those of stage 4.
mod stage_5_with_256_filters {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "d");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "f");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 2048], 5, "b");
        let x = identity_block(&x, 3, [256, 256, 2048], 5, "c");
        let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x);
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}

/// Stage 3 has one convolutional block and three identity blocks: a, b, c, d.
mod stage_3_one_block_short {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "f");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "c");
        let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x);
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}

/// Stage 4 has one convolutional block and five identity blocks: a to f.
mod stage_4_one_block_short {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "d");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "c");
        let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x);
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}

/// The convolutional block of stage 3 has stride s = 2; only that of stage 2 has 1.
mod stage_3_in_steps_of_one {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 1);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "d");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "f");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "c");
        let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x);
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}

/// Before the output layer comes average pooling with a window of 2×2, named "avg_pool".
mod average_pool_forgotten {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "d");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "f");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "c");
        let x = x;
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}

/// The last pool takes means: AveragePooling2D, not MaxPooling2D.
mod pools_the_largest {
    pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
        let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x);
        let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
        let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
        let x = identity_block(&x, 3, [64, 64, 256], 2, "c");
        let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
        let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
        let x = identity_block(&x, 3, [128, 128, 512], 3, "d");
        let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
        let x = identity_block(&x, 3, [256, 256, 1024], 4, "f");
        let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
        let x = identity_block(&x, 3, [512, 512, 2048], 5, "c");
        let x = MaxPooling2D::new((2, 2)).name("avg_pool").call(&x);
        let x = Flatten::new().call(&x);
        let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
        let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
        Model::new(&x_input, &x).name("ResNet50")
    }
}
