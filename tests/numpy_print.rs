/*!
Printed arrays and numbers against NumPy's own text, in three styles: NumPy 2.4, NumPy 1.14 to 2.2, and NumPy 1.13.

`tests/fixtures/numpy_fixtures.py` made the expected text; the old style comes from NumPy 1.13.3's own code.
*/

use crate::fixtures;
use cnn::prelude::*;
use serde_json::Value;

/// The options of a case, NumPy's defaults where it names none.
fn options(case: &Value, legacy: Option<np::Legacy>) -> np::PrintOptions {
    let given = &case["options"];
    let number = |name: &str, default| given[name].as_u64().map_or(default, |n| n as usize);
    np::PrintOptions {
        legacy,
        precision: number("precision", 8),
        line_width: number("linewidth", 75),
        threshold: number("threshold", 1000),
        edge_items: number("edgeitems", 3),
        suppress_small: given["suppress"].as_bool().unwrap_or(false),
        sign: match given["sign"].as_str() {
            Some("+") => np::Sign::Plus,
            Some(" ") => np::Sign::Space,
            _ => np::Sign::Minus,
        },
    }
}

/// The entries of a case, read from their bits or drawn again.
fn entries(case: &Value, bytes: usize) -> Vec<u64> {
    if case["bits"].is_string() {
        return fixtures::bits(&case["bits"], bytes);
    }
    let n = fixtures::numbers(&case["shape"]).iter().product::<usize>();
    let drawn =
        RandomState::new(case["randn"].as_u64().unwrap() as u32).randn(n) * fixtures::doubles(&case["scale"])[0];
    match case["dtype"].as_str().unwrap() {
        "f4" => drawn.iter().map(|&x| u64::from((x as f32).to_bits())).collect(),
        "b1" => drawn.iter().map(|&x| u64::from(x > 0.0)).collect(),
        _ => drawn.iter().map(|x| x.to_bits()).collect(),
    }
}

fn check<A: np::Element>(case: &Value, bytes: usize, from_bits: impl Fn(u64) -> A) {
    let shape = fixtures::numbers(&case["shape"]);
    let values = entries(case, bytes).into_iter().map(from_bits).collect();
    let a = ArrayD::from_shape_vec(shape, values).unwrap();
    let text = |legacy| np::array2string(&a, &options(case, legacy));
    let case_without_text = &case["options"];
    let told = |style: &str| format!("{style}: {} {} {case_without_text}", case["dtype"], case["shape"]);
    let modern = case["modern"].as_str().unwrap();
    let v2_2 = case["v2_2"].as_str().unwrap_or(modern);
    let v1_13 = case["v1_13"].as_str().unwrap();
    same(&told("modern"), &text(None), modern);
    same(&told("2.2"), &text(Some(np::Legacy::V2_2)), v2_2);
    same(&told("1.13"), &text(Some(np::Legacy::V1_13)), v1_13);
}

/// Compares texts and shows both, spaces at the ends of lines included.
#[track_caller]
fn same(what: &str, got: &str, expected: &str) {
    assert!(got == expected, "{what}\nexpected\n{}\ngot\n{}", expected.replace(' ', "·"), got.replace(' ', "·"));
}

#[test]
fn arrays_print_as_in_numpy() {
    let cases = fixtures::cases("numpy_print.json");
    assert!(cases.len() > 400);
    for case in cases {
        match case["dtype"].as_str().unwrap() {
            "f8" => check(&case, 8, f64::from_bits),
            "f4" => check(&case, 4, |bits| f32::from_bits(bits as u32)),
            "i8" => check(&case, 8, |bits| bits as i64),
            "b1" => check(&case, 1, |bits| bits == 1),
            other => panic!("unknown dtype {other}"),
        }
    }
}

#[test]
fn numbers_print_as_in_numpy() {
    for case in fixtures::cases("numpy_scalars.json") {
        let (modern, old) = match case["dtype"].as_str().unwrap() {
            "f8" => {
                let x = fixtures::doubles(&case["bits"])[0];
                (np::str(x), np::str_legacy(x))
            }
            _ => {
                let x = f32::from_bits(fixtures::bits(&case["bits"], 4)[0] as u32);
                (np::str(x), np::str_legacy(x))
            }
        };
        assert_eq!(modern, case["modern"].as_str().unwrap());
        assert_eq!(old, case["v1_13"].as_str().unwrap());
    }
}

#[test]
fn the_documents_two_styles_of_the_same_single_precision_numbers() {
    // The identity block's printed output: NumPy 1.14 and later, then NumPy 1.13.
    let out: Array1<f32> = array![0.94822985, 0.0, 1.1610144, 2.747859, 0.0, 1.36677];
    assert_eq!(np::array_str(&out), "[0.94822985 0.         1.1610144  2.747859   0.         1.36677   ]");
    assert_eq!(np::array_str_legacy(&out), "[ 0.94822985  0.          1.16101444  2.747859    0.          1.36677003]");
    // W1.eval()[1, 1, 1] of the Application assignment: 0.1417614 is printed as 0.14176141 by NumPy 1.13.
    let w1: Array1<f32> =
        array![0.00131723, 0.1417614, -0.04434952, 0.09197326, 0.14984085, -0.03514394, -0.06847463, 0.05245192];
    let modern = "[ 0.00131723  0.1417614  -0.04434952  0.09197326  0.14984085 -0.03514394\n -0.06847463  0.05245192]";
    assert_eq!(np::array_str(&w1), modern);
    assert_eq!(np::array_str_legacy(&w1), modern.replace("0.1417614 ", "0.14176141"));
}

#[test]
fn arrays_without_entries_or_dimensions() {
    assert_eq!(np::array_str(&Array2::<f64>::zeros((0, 3))), "[]");
    assert_eq!(np::array_str_legacy(&Array2::<f64>::zeros((2, 0))), "[]");
    assert_eq!(np::array_str(&ndarray::arr0(0.1f32)), "0.1");
    assert_eq!(np::array_str_legacy(&ndarray::arr0(0.1f32)), "0.10000000149011612");
    assert_eq!(np::array_str(&ndarray::arr0(true)), "True");
}

#[test]
fn shapes_print_as_tuples() {
    assert_eq!(np::shape(&ndarray::arr0(1.0)), "()");
    assert_eq!(np::shape(&array![1, 2, 3]), "(3,)");
    assert_eq!(np::shape(&Array4::<f64>::zeros((4, 7, 7, 2))), "(4, 7, 7, 2)");
}

#[test]
fn a_precision_in_the_format_string_limits_the_digits() {
    let a = array![0.123456, 10.0];
    assert_eq!(format!("{:.2}", np::show(&a)), "[ 0.12 10.  ]");
    assert_eq!(format!("{}", np::show_legacy(&a)), "[  0.123456  10.      ]");
}
