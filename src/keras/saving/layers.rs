/*!
The settings of each kind of layer as Keras writes them into a file, and back: one arm in each direction.

How layers are connected is written in [`architecture`](super::architecture).
*/

use super::{
    problem::{Problem, Result},
    settings::{Settings, decimal, initializer_config, unfit},
};
use crate::{
    graph::{Padding, Shape},
    keras::{BuiltLayer, GlorotUniform, Initializer, Layer, Tensor, layers::*},
};
use serde_json::{Map, Value, json};

/// The classes that can be read.
pub(super) const KNOWN: &str = "Activation, Add, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, Dense, \
                                Dropout, Flatten, GlobalAveragePooling2D, GlobalMaxPooling2D, InputLayer, \
                                MaxPooling2D, ZeroPadding2D";

/// A layer's `config` in the form of Keras 2, which Keras 3 reads as well; None of a layer of one's own.
///
/// What Keras takes by default and is not known here is left out.
pub(super) fn config(layer: &BuiltLayer) -> Option<Value> {
    let own = settings(layer)?;
    let mut config = Map::new();
    config.insert("name".into(), layer.name().into());
    if layer.config_as::<Input>().is_none() {
        config.insert("trainable".into(), layer.trainable().into());
    }
    config.insert("dtype".into(), "float32".into());
    if let Value::Object(own) = own {
        config.extend(own);
    }
    Some(Value::Object(config))
}

fn settings(layer: &BuiltLayer) -> Option<Value> {
    Some(match layer.class_name() {
        "InputLayer" => {
            let input = layer.config_as::<Input>()?;
            let mut shape = vec![json!(input.batch_size)];
            shape.extend(input.shape.iter().map(|n| json!(n)));
            json!({ "batch_input_shape": shape, "sparse": false, "ragged": false })
        }
        "Conv2D" => {
            let conv = layer.config_as::<Conv2D>()?;
            json!({
                "filters": conv.filters,
                "kernel_size": pair(conv.kernel_size),
                "strides": pair(conv.strides),
                "padding": padding(conv.padding),
                "data_format": "channels_last",
                "dilation_rate": [1, 1],
                "activation": conv.activation.name(),
                "use_bias": conv.use_bias,
                "kernel_initializer": initializer_config(&conv.kernel_initializer),
                "bias_initializer": initializer_config(&conv.bias_initializer),
            })
        }
        "Dense" => {
            let dense = layer.config_as::<Dense>()?;
            json!({
                "units": dense.units,
                "activation": dense.activation.name(),
                "use_bias": dense.use_bias,
                "kernel_initializer": initializer_config(&dense.kernel_initializer),
                "bias_initializer": initializer_config(&dense.bias_initializer),
            })
        }
        "BatchNormalization" => {
            let norm = layer.config_as::<BatchNormalization>()?;
            json!({
                "axis": norm.axis,
                "momentum": decimal(norm.momentum),
                "epsilon": decimal(norm.epsilon),
                "center": true,
                "scale": true,
            })
        }
        "Activation" => json!({ "activation": layer.config_as::<Activation>()?.function.name() }),
        "MaxPooling2D" => {
            let pool = layer.config_as::<MaxPooling2D>()?;
            pooling(pool.pool_size, pool.strides, pool.padding)
        }
        "AveragePooling2D" => {
            let pool = layer.config_as::<AveragePooling2D>()?;
            pooling(pool.pool_size, pool.strides, pool.padding)
        }
        "ZeroPadding2D" => {
            let Size { rows, columns } = layer.config_as::<ZeroPadding2D>()?.padding;
            json!({ "padding": [[rows, rows], [columns, columns]], "data_format": "channels_last" })
        }
        "GlobalAveragePooling2D" => {
            layer.config_as::<GlobalAveragePooling2D>()?;
            json!({ "data_format": "channels_last" })
        }
        "GlobalMaxPooling2D" => {
            layer.config_as::<GlobalMaxPooling2D>()?;
            json!({ "data_format": "channels_last" })
        }
        "Flatten" => {
            layer.config_as::<Flatten>()?;
            json!({ "data_format": "channels_last" })
        }
        "Dropout" => {
            let dropout = layer.config_as::<Dropout>()?;
            json!({ "rate": decimal(dropout.rate), "noise_shape": null, "seed": dropout.seed })
        }
        "Add" => {
            layer.config_as::<Add>()?;
            json!({})
        }
        "Concatenate" => json!({ "axis": layer.config_as::<Concatenate>()?.axis }),
        _ => return None,
    })
}

fn pooling(pool_size: Size, strides: Size, border: Padding) -> Value {
    json!({
        "pool_size": pair(pool_size),
        "strides": pair(strides),
        "padding": padding(border),
        "data_format": "channels_last",
    })
}

fn pair(size: Size) -> [usize; 2] {
    [size.rows, size.columns]
}

fn padding(padding: Padding) -> &'static str {
    match padding {
        Padding::Same => "same",
        Padding::Valid => "valid",
    }
}

/// Puts the layer `name` of the kind `class_name` behind `inputs`; an input of the network, beside the tensor `beside`.
///
/// What would make the layer panic is an error here: the file is to blame, not the program.
pub(super) fn place(
    (name, class_name): (&str, &str),
    config: Settings<'_>,
    inputs: &[Tensor],
    beside: Option<&Tensor>,
) -> Result<Tensor> {
    let trainable = config.flag("trainable", true)?;
    config.demand("data_format", &json!("channels_last"))?;
    let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
    macro_rules! call {
        ($layer:expr) => {
            $layer.name(name).trainable(trainable).call(inputs)
        };
    }
    Ok(match class_name {
        "InputLayer" => {
            let (batch_size, shape) = input_shape(config)?;
            let mut input = Input::new(shape).name(name);
            input.batch_size = batch_size;
            match beside {
                Some(tensor) => input.beside(tensor).call(),
                None => input.call(),
            }
        }
        "Conv2D" => {
            config.demand("groups", &json!(1))?;
            config.size_or("dilation_rate", Size::from(1)).and_then(|rate| match rate.pair() {
                (1, 1) => Ok(()),
                _ => config.demand("dilation_rate", &json!([1, 1])),
            })?;
            let mut conv = Conv2D::new(config.positive("filters")?, config.size("kernel_size")?)
                .strides(config.size_or("strides", Size::from(1))?)
                .padding(config.padding("padding")?)
                .activation(config.activation("activation")?)
                .use_bias(config.flag("use_bias", true)?);
            conv.kernel_initializer = config.initializer("kernel_initializer", GlorotUniform::default().into());
            conv.bias_initializer = config.initializer("bias_initializer", Initializer::Zeros);
            windows_fit(&shapes, conv.kernel_size, conv.padding)?;
            call!(conv)
        }
        "Dense" => {
            let mut dense = Dense::new(config.positive("units")?)
                .activation(config.activation("activation")?)
                .use_bias(config.flag("use_bias", true)?);
            dense.kernel_initializer = config.initializer("kernel_initializer", GlorotUniform::default().into());
            dense.bias_initializer = config.initializer("bias_initializer", Initializer::Zeros);
            if one(&shapes)?.rank() != 2 {
                return Err(Problem::new("a row for each example, (?, features)", shapes[0].to_string()));
            }
            call!(dense)
        }
        "BatchNormalization" => {
            for key in ["center", "scale"] {
                config.demand(key, &json!(true))?;
            }
            config.demand("renorm", &json!(false))?;
            let last = one(&shapes)?.rank() as i64 - 1;
            // Keras 2.x of TensorFlow writes a list.
            let axis = match config.get("axis") {
                Some(Value::Array(list)) if list.len() == 1 => list[0].as_i64(),
                Some(value) => value.as_i64(),
                None => Some(-1),
            };
            let Some(axis) = axis.filter(|axis| *axis == last || *axis == -1) else {
                return Err(unfit("axis", &format!("{last}, the axis of the channels"), config.get("axis")));
            };
            let norm = BatchNormalization::new().axis(axis as isize);
            call!(norm.momentum(config.number("momentum", 0.99)?).epsilon(config.number("epsilon", 1e-3)?))
        }
        "Activation" => {
            one(&shapes)?;
            call!(Activation::new(config.activation("activation")?))
        }
        "MaxPooling2D" => {
            let pool_size = config.size("pool_size")?;
            let (strides, padding) = (config.size_or("strides", pool_size)?, config.padding("padding")?);
            windows_fit(&shapes, pool_size, padding)?;
            call!(MaxPooling2D::new(pool_size).strides(strides).padding(padding))
        }
        "AveragePooling2D" => {
            let pool_size = config.size("pool_size")?;
            let (strides, padding) = (config.size_or("strides", pool_size)?, config.padding("padding")?);
            windows_fit(&shapes, pool_size, padding)?;
            call!(AveragePooling2D::new(pool_size).strides(strides).padding(padding))
        }
        "ZeroPadding2D" => {
            image(&shapes)?;
            call!(ZeroPadding2D::new(symmetric_padding(config)?))
        }
        "GlobalAveragePooling2D" => {
            config.demand("keepdims", &json!(false))?;
            image(&shapes)?;
            call!(GlobalAveragePooling2D::new())
        }
        "GlobalMaxPooling2D" => {
            config.demand("keepdims", &json!(false))?;
            image(&shapes)?;
            call!(GlobalMaxPooling2D::new())
        }
        "Flatten" => {
            one(&shapes)?;
            call!(Flatten::new())
        }
        "Dropout" => {
            one(&shapes)?;
            let rate = config.number("rate", f32::NAN)?;
            if !(0.0..1.0).contains(&rate) {
                return Err(unfit("rate", "a number in [0, 1)", config.get("rate")));
            }
            let mut dropout = Dropout::new(rate);
            dropout.seed = config.integer("seed")?.and_then(|seed| u64::try_from(seed).ok());
            call!(dropout)
        }
        "Add" => {
            let alike = shapes.len() > 1 && shapes.windows(2).all(|pair| pair[0] == pair[1]);
            if !alike {
                return Err(Problem::new("two tensors or more, of one shape", list(&shapes)));
            }
            call!(Add::new())
        }
        "Concatenate" => {
            let axis = config.integer("axis")?.unwrap_or(-1);
            let rank = shapes.first().map_or(0, Shape::rank) as i64;
            let at = if axis < 0 { axis + rank } else { axis };
            let rest = |shape: &Shape| {
                let dims = shape.dims().iter().enumerate().filter(|(i, _)| *i as i64 != at);
                dims.map(|(_, dim)| *dim).collect::<Vec<_>>()
            };
            let fit = (1..rank).contains(&at) && shapes.windows(2).all(|pair| rest(&pair[0]) == rest(&pair[1]));
            if !fit {
                return Err(Problem::new(format!("tensors that agree in all axes but {axis}"), list(&shapes)));
            }
            call!(Concatenate::new().axis(axis as isize))
        }
        _ => {
            let help = "only these layers are known here; a model within a model has to be taken apart first";
            return Err(Problem::new(format!("one of {KNOWN}"), class_name).help(help));
        }
    })
}

/// The number of examples, if it is fixed, and the shape of one: `batch_input_shape` in Keras 2, `batch_shape` in 3.
fn input_shape(config: Settings<'_>) -> Result<(Option<usize>, Vec<usize>)> {
    let dtype = config.get("dtype").and_then(|dtype| {
        dtype.as_str().or_else(|| dtype.get("config").and_then(|policy| policy.get("name")).and_then(Value::as_str))
    });
    if let Some(dtype) = dtype.filter(|dtype| *dtype != "float32") {
        return Err(Problem::new("dtype = float32", dtype));
    }
    let shape = config.get("batch_input_shape").or(config.get("batch_shape"));
    let dim = |value: &Value| value.as_u64().filter(|n| (1..1 << 24).contains(n)).map(|n| n as usize);
    let (batch, example) = match shape.and_then(Value::as_array).map(Vec::as_slice) {
        Some([batch, example @ ..]) => (batch, example.iter().map(dim).collect::<Option<Vec<usize>>>()),
        _ => (&Value::Null, None),
    };
    let help = "the number of examples may be open, the size of one may not: give the Input a whole shape";
    let example = example.ok_or_else(|| unfit("batch_input_shape", "[null, n_h, n_w, n_c]", shape).help(help))?;
    Ok((dim(batch), example))
}

/// Keras writes one number, one for rows and columns, or each of the four sides.
fn symmetric_padding(config: Settings<'_>) -> Result<Size> {
    let value = config.get("padding");
    let number = |value: &Value| value.as_u64().filter(|n| *n < 1 << 24).map(|n| n as usize);
    let side = |value: &Value| match value.as_array().map(Vec::as_slice) {
        Some([before, after]) if before == after => number(before),
        Some(_) => None,
        None => number(value),
    };
    let size = value.and_then(|value| match value.as_array().map(Vec::as_slice) {
        Some([rows, columns]) => Some(Size::from((side(rows)?, side(columns)?))),
        Some(_) => None,
        None => number(value).map(Size::from),
    });
    size.ok_or_else(|| unfit("padding", "[[rows, rows], [columns, columns]], the same on opposite sides", value))
}

fn one(shapes: &[Shape]) -> Result<&Shape> {
    match shapes {
        [shape] => Ok(shape),
        _ => Err(Problem::new("a single connection", format!("{} connections", shapes.len()))),
    }
}

/// Rows, columns and channels.
fn image(shapes: &[Shape]) -> Result<[usize; 3]> {
    let shape = one(shapes)?;
    match shape.dims() {
        [_, Some(n_h), Some(n_w), Some(n_c)] => Ok([*n_h, *n_w, *n_c]),
        _ => Err(Problem::new("a batch of images, (?, n_h, n_w, n_c)", shape.to_string())),
    }
}

fn windows_fit(shapes: &[Shape], window: Size, padding: Padding) -> Result<()> {
    let [n_h, n_w, _] = image(shapes)?;
    if padding == Padding::Valid && (window.rows > n_h || window.columns > n_w) {
        let expected = format!("a window within {n_h} rows and {n_w} columns");
        return Err(Problem::new(expected, format!("{} rows and {} columns", window.rows, window.columns)));
    }
    Ok(())
}

fn list(shapes: &[Shape]) -> String {
    shapes.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and ")
}
