//! A layer that the program brings itself, written as a layer of the library is: it trains, is saved, and is opened
//! again by a registry that knows it. There is one with a setting and a weight, too.

use crate::expect_panic::expect_panic;
use cnn::{
    graph::{self, Session, ops},
    keras::{
        Attributes, Config, Initializer, LayerRegistry, Mismatch, Model, Scope, Shape, Tensor, Verbose, inputs,
        layers::*, load_model, load_model_with,
    },
    numpy::RandomState,
};
use ndarray::{Array2, ArrayD, array};

/// y = relu(x)², element by element.
#[derive(Debug)]
struct SquaredRelu {
    attributes: Attributes,
}

impl SquaredRelu {
    fn new() -> Self {
        SquaredRelu { attributes: Attributes::default() }
    }
}

impl Layer for SquaredRelu {
    fn class_name() -> &'static str {
        "SquaredRelu"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let y = scope.apply(ops::Relu, &[inputs[0]], "Relu");
        scope.apply(ops::Multiply, &[&y, &y], "Square")
    }

    fn config(&self) -> Config {
        Config::new()
    }

    fn from_config(_config: &Config) -> Result<Self, Mismatch> {
        Ok(SquaredRelu::new())
    }
}

/// y = x + k · bias, with a bias for each feature: a layer with a setting and a weight.
#[derive(Debug)]
struct Shift {
    k: usize,
    attributes: Attributes,
}

impl Layer for Shift {
    fn class_name() -> &'static str {
        "Shift"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        if x.rank() == 2 { Ok(()) } else { Err(Mismatch::new("rows of features", format!("shape {x}"))) }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        scope.add_weight("bias", &[inputs[0].last().expect("features are known")], &Initializer::Constant(0.25));
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let shift = |x: &graph::Tensor| scope.apply(ops::BiasAdd, &[x, scope.weight("bias")], "Shift");
        (0..self.k).fold(inputs[0].clone(), |x, _| shift(&x))
    }

    fn config(&self) -> Config {
        Config::new().set("k", self.k)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Shift { k: config.positive("k")?, attributes: Attributes::default() })
    }
}

fn registry() -> LayerRegistry {
    LayerRegistry::new().register::<SquaredRelu>().register::<Shift>()
}

/// x ↦ Dense ↦ squared relu ↦ shift by k ↦ Dense.
fn network(k: usize) -> Model {
    let x_input = Input::new(2).call();
    let x = Dense::new(8).name("hidden").call(&x_input);
    let x = SquaredRelu::new().call(&x);
    let x = Shift { k, attributes: Attributes::default() }.name("shift").call(&x);
    Model::new(&x_input, Dense::new(1).name("out").call(&x))
}

#[test]
fn it_trains() {
    // Whether two numbers have the same sign: a line cannot say it, squares can.
    let x: Array2<f32> = RandomState::new(1).randn((200, 2)).mapv(|x| x as f32);
    let y = x.map_axis(ndarray::Axis(1), |x| x[0] * x[1]);
    let mut model = network(1);
    model.compile("adam", "mse", ["mae"]);
    model.set_learning_rate(0.02);
    let history = model.fit(&x, &y).epochs(40).verbose(Verbose::Silent).run();
    let (first, last) = (history["loss"][0], history["loss"][39]);
    assert!(last < 0.1 * first, "{first} to {last}");
    assert_ne!(model.layer("shift").get_weights(), [ArrayD::from_elem(ndarray::IxDyn(&[8]), 0.25f32)]);
}

#[test]
fn it_has_a_gradient() {
    let x_input = Input::new(3).call();
    let y = SquaredRelu::new().call(&x_input);
    let graph = y.symbol().graph();
    let gradient = graph.gradients(y.symbol(), &[x_input.symbol()]);
    let session = Session::new(graph);
    let d_x = session.run(&gradient[0], &[x_input.symbol().feed(&array![[-1.0, 0.5, 3.0]])]);
    assert_eq!(d_x, array![[0.0f32, 1.0, 6.0]].into_dyn());
}

#[test]
fn it_is_saved_and_opened_by_a_registry_that_knows_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("own.h5");
    let mut model = network(3);
    model.compile("adam", "mse", ["mae"]);
    model.layer("shift").set_weights(&[array![0.0f32, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0].into_dyn()]);
    model.save(&path).unwrap();
    let again = load_model_with(&path, &registry()).unwrap();
    let x = array![[1.0, -2.0], [0.5, 0.25]];
    assert_eq!(again.predict(&x), model.predict(&x));
    assert_eq!(again.summary_text(), model.summary_text());
    assert_eq!(again.layer("shift").config_as::<Shift>().unwrap().k, 3);
    assert!(again.summary_text().contains("squared_relu_1 (SquaredRelu)"));
    assert!(again.loss().is_some());
    // The library alone does not know it, and says which layer it is and what to do.
    let message = load_model(&path).unwrap_err().to_string();
    for part in ["layer squared_relu_1 (SquaredRelu)", "one of Activation, Add", "help: ", "load_model_with(path, "] {
        assert!(message.contains(part), "`{part}` is missing in:\n{message}");
    }
    // The weights alone need no registry.
    let weights = dir.path().join("weights.h5");
    model.save_weights(&weights).unwrap();
    let other = network(3);
    other.load_weights(&weights).unwrap();
    assert_eq!(other.predict(&x), model.predict(&x));
}

#[test]
fn it_checks_its_inputs_when_it_is_called() {
    let images = || Input::new((4, 4, 2)).call();
    expect_panic(
        || Shift { k: 1, attributes: Attributes::default() }.call(images()),
        &["Shift: expected rows of features"],
    );
    let x: Tensor = Input::new(2).call();
    expect_panic(|| SquaredRelu::new().call([&x, &x]), &["SquaredRelu: expected one tensor, got 2\nhelp: "]);
}

/// A layer whose two ways to say the output's shape contradict each other is refused, in release builds, too.
#[test]
fn its_output_has_the_shape_that_it_says() {
    #[derive(Debug)]
    struct Wrong(Attributes);
    impl Layer for Wrong {
        fn class_name() -> &'static str {
            "Wrong"
        }
        fn attributes(&self) -> &Attributes {
            &self.0
        }
        fn attributes_mut(&mut self) -> &mut Attributes {
            &mut self.0
        }
        fn output_shape(&self, inputs: &[Shape]) -> Shape {
            Shape::from([inputs[0].dim(0), Some(7)])
        }
        fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
            scope.apply(ops::Relu, inputs, "Relu")
        }
        fn config(&self) -> Config {
            Config::new()
        }
        fn from_config(_config: &Config) -> Result<Self, Mismatch> {
            Ok(Wrong(Attributes::default()))
        }
    }
    let x = Input::new(2).call();
    let expected = "Wrong: output_shape says (?, 7) for inputs of shape (?, 2), forward makes (?, 2)\nhelp: ";
    expect_panic(|| Wrong(Attributes::default()).call(&x), &[expected]);
}
