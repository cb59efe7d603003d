/*!
`RandomState` against NumPy's own numbers, bit for bit; `tests/fixtures/numpy_fixtures.py` made them.
*/

use crate::fixtures;
use cnn::prelude::*;
use ndarray::IxDyn;
use ndarray_rand::RandomExt;
use ndarray_rand::rand::{Rng, RngCore};

/// The calls of `walk` in numpy_fixtures.py, in its order.
fn walk(seed: u32) -> Vec<Vec<u64>> {
    let mut rng = RandomState::new(seed);
    let p = [0.1, 0.0, 0.4, 0.3, 0.2];
    let mut out = vec![
        f(rng.rand(5)),
        f(rng.randn(3)),
        f(rng.random_sample((2, 2))),
        i(rng.randint(0, 10, 8)),
        i(rng.randint(-5, 1 << 40, (2, 2))),
        i(rng.randint(0, 1 << 32, 3)),
        i(rng.randint(i64::MIN, i64::MAX, 3)),
        i(rng.randint(3, 4, 2)),
        u(rng.permutation(10)),
        f(rng.permutation_of(&arange(10).into_shape_with_order((5, 2)).unwrap())),
    ];
    let mut a = arange(24).into_shape_with_order((6, 2, 2)).unwrap();
    rng.shuffle(&mut a);
    out.extend([
        f(a),
        f(rng.uniform(-2.0, 3.0, 4)),
        f(rng.normal(1.0, 2.5, 4)),
        u(rng.choice(7, 6, np::Choice::default())),
        u(rng.choice(7, 6, np::Choice { replace: false, p: None })),
        u(rng.choice(5, (2, 4), np::Choice { replace: true, p: Some(&p) })),
        u(rng.choice(5, 4, np::Choice { replace: false, p: Some(&p) })),
        f(rng.randn((2, 1, 3))),
        f(rng.rand(700).slice(s![-3..]).to_owned()),
    ]);
    let mut bytes = [0; 11];
    rng.fill_bytes(&mut bytes);
    out.extend([bytes.map(u64::from).to_vec(), f(rng.randn(1))]);
    out
}

fn arange(n: usize) -> Array1<f64> {
    (0..n).map(|x| x as f64).collect()
}

fn f<D: ndarray::Dimension>(a: Array<f64, D>) -> Vec<u64> {
    a.iter().map(|x| x.to_bits()).collect()
}

fn i<D: ndarray::Dimension>(a: Array<i64, D>) -> Vec<u64> {
    a.iter().map(|&x| x as u64).collect()
}

fn u<D: ndarray::Dimension>(a: Array<usize, D>) -> Vec<u64> {
    a.iter().map(|&x| x as u64).collect()
}

#[test]
fn every_method_draws_numpys_numbers() {
    for case in fixtures::cases("numpy_random.json") {
        let seed = case["seed"].as_u64().unwrap() as u32;
        let expected = case["walk"].as_array().unwrap();
        let drawn = walk(seed);
        assert_eq!(drawn.len(), expected.len());
        for (call, (drawn, expected)) in drawn.iter().zip(expected).enumerate() {
            let bytes = if call == 19 { 1 } else { 8 };
            assert_eq!(*drawn, fixtures::bits(expected, bytes), "seed {seed}, call {call}");
        }
    }
}

#[test]
fn a_new_seed_forgets_the_waiting_normal_number() {
    let mut rng = RandomState::new(1);
    rng.next_gauss(); // leaves one waiting
    rng.seed(1);
    assert_eq!(rng.randn((4, 3)), RandomState::new(1).randn((4, 3)));
}

#[test]
fn arrays_of_any_dimension_hold_the_same_stream() {
    let flat: Array1<f64> = RandomState::new(5).randn(24);
    let dynamic: ArrayD<f64> = RandomState::new(5).randn(IxDyn(&[2, 3, 4]));
    assert_eq!(flat.to_vec(), dynamic.iter().copied().collect::<Vec<_>>());
    assert_eq!(RandomState::new(5).randn(ndarray::Ix0())[()], flat[0]);
    assert_eq!(RandomState::new(5).randn((0, 3)).dim(), (0, 3));
}

#[test]
fn it_is_an_ordinary_generator_for_ndarray_rand() {
    use ndarray_rand::rand_distr::{StandardNormal, Uniform};
    let mut rng = RandomState::new(1);
    let u = Array2::<f64>::random_using((20, 30), Uniform::new(-1.0, 1.0).unwrap(), &mut rng);
    assert!(u.iter().all(|x| (-1.0..1.0).contains(x)));
    let normal = Array1::<f64>::random_using(10_000, StandardNormal, &mut rng);
    assert!(np::mean(&normal).abs() < 0.05, "the mean of 10,000 normal numbers is {}", np::mean(&normal));
    let die = rng.random_range(1..=6);
    assert!((1..=6).contains(&die));
}

#[test]
fn the_distributions_draw_randomstates_own_numbers() {
    let mut rng = RandomState::new(3);
    assert_eq!(Array1::random_using(9, np::RandomSample, &mut rng), RandomState::new(3).rand(9));
    rng.seed(3);
    assert_eq!(Array1::random_using(9, np::StandardNormal::new(), &mut rng), RandomState::new(3).randn(9));
}

#[test]
#[should_panic(expected = "randint: expected low < high, got low = 3, high = 3")]
fn an_empty_range_is_refused() {
    RandomState::new(1).randint(3, 3, 1);
}

#[test]
#[should_panic(expected = "choice: expected at most 3 values without replacement, got a request for 4")]
fn too_large_a_choice_is_refused() {
    RandomState::new(1).choice(3, 4, np::Choice { replace: false, p: None });
}

#[test]
#[should_panic(expected = "choice: expected probabilities that add up to 1, got 0.9")]
fn probabilities_must_add_up() {
    RandomState::new(1).choice(2, 4, np::Choice { replace: true, p: Some(&[0.5, 0.4]) });
}
