/*! Every type that a graded function takes comes back from the wire as it was sent. */

use cnn::prelude::*;
use harness::{Answer, Argument, Value};

#[track_caller]
fn check<T: Argument + Answer + PartialEq + std::fmt::Debug>(value: T) {
    let bytes = value.to_value().to_bytes();
    let back = Value::from_bytes(&bytes).ok().and_then(T::from_value);
    assert_eq!(back, Some(value));
}

#[test]
fn every_argument_comes_back() {
    let mut random = np::RandomState::new(1);
    let hparameters = ConvHparameters { stride: 2, pad: 0 };
    check(0.1 + 0.2);
    check(7_usize);
    check((2_usize, 5_usize));
    check(random.randn((2, 3)));
    check(random.randn((2, 3, 1, 2)));
    // A view that is not in row-major order is sent in the order of its indices.
    check(random.randn((2, 3)).reversed_axes());
    check(hparameters);
    check(PoolHparameters { f: 3, stride: 1 });
    check(PoolMode::Max);
    check(PoolMode::Average);
    check(random.randn((1, 2, 3, 1, 2)));
    check(vec![
        LayerHparameters::Conv { f: 5, pad: 1, stride: 2, filters: 6 },
        LayerHparameters::Pool { f: 2, stride: 3 },
        LayerHparameters::Dense { units: 10 },
    ]);
    check(Vec::<usize>::new());
    let (a_prev, w, b) = (random.randn((1, 3, 4, 2)), random.randn((2, 2, 2, 3)), random.randn((1, 1, 1, 3)));
    check(ConvCache { a_prev: a_prev.clone(), w, b, hparameters });
    check(PoolCache { a_prev, hparameters: PoolHparameters { f: 2, stride: 1 } });
}

#[test]
fn a_value_of_another_type_or_shape_is_refused() {
    assert!(usize::from_value(Value::Number(1.0)).is_none());
    assert!(Array2::<f64>::from_value(Value::numbers(&[4], vec![0.0; 4])).is_none());
    assert!(PoolMode::from_value(Value::Text("min".into())).is_none());
    assert!(<(f64, f64)>::from_value(Value::Tuple(vec![Value::Number(1.0)])).is_none());
    let pool = Value::Record(vec![("layer".into(), Value::Text("pool".into())), ("f".into(), Value::Count(2))]);
    assert!(LayerHparameters::from_value(pool).is_none(), "the stride is missing");
    assert!(Vec::<usize>::from_value(Value::Tuple(vec![Value::Count(1), Value::Number(1.0)])).is_none());
    let swapped = Value::Record(vec![("pad".into(), Value::Count(1)), ("stride".into(), Value::Count(2))]);
    assert!(ConvHparameters::from_value(swapped).is_none());
}
