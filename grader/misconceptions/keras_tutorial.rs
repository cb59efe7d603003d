/*!
Typical mistakes in the Keras tutorial.

Not a list of everything that can go wrong: a mistake stands here because learners make it. Each module is one mistake;
its documentation is the sentence that the learner reads, the function in it is the wrong body.
*/

/// The first layer is ZeroPadding2D::new((3, 3)), so that a 7×7 convolution keeps the image's size.
mod no_zero_padding {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = x_input.clone();
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The border is a layer of its own, ZeroPadding2D::new((3, 3)); the convolution itself is valid.
mod padding_same_instead_of_zero_padding {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = x_input.clone();
        let x = Conv2D::new(32, (7, 7)).padding(Padding::Same).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The zeros have been added by ZeroPadding2D; the convolution is valid, not same.
mod convolution_padded_twice {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).padding(Padding::Same).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The convolution has stride 1.
mod convolution_in_steps_of_two {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((2, 2)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The filters are 7×7.
mod small_filters {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (3, 3)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// Between convolution and relu stands a batch normalisation, named "bn0".
mod normalisation_forgotten {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// After the batch normalisation comes a relu: Activation::new("relu").
mod relu_forgotten {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// First the batch normalisation, then the relu.
mod relu_before_normalisation {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// Before Flatten comes max pooling with a window of 2×2, named "max_pool".
mod pool_forgotten {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// One output needs a sigmoid: the softmax of a single number is always 1.
mod softmax_of_one_number {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("softmax").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The output is a probability: give the last layer .activation("sigmoid").
mod no_sigmoid {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// One output is enough to tell two classes apart: Dense::new(1) with a sigmoid.
mod two_outputs {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(2).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}

/// The channels are axis 3 of (m, n_h, n_w, n_c): batch normalisation is over axis 3.
mod normalises_over_rows {
    pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
        let x_input = Input::new(input_shape).call();
        let x = ZeroPadding2D::new((3, 3)).call(&x_input);
        let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x);
        let x = BatchNormalization::new().axis(1).name("bn0").call(&x);
        let x = Activation::new("relu").call(&x);
        let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
        let x = Flatten::new().call(&x);
        let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
        Model::new(&x_input, &x).name("HappyModel")
    }
}
