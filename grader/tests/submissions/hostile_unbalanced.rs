use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    x.slice(s![.., pad.., .., ..]).to_owned()
}
}
fn main() {
    std::process::exit(0);
}
mod rest {
