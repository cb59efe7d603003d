/*!
Faces of persons: several pictures of each, in other poses, moods, clothes and light.

The faces are those of [`super::face`]; here they are put together into a set.
*/

use super::{face, rng::Rng};
use ndarray::{Array1, Array4, ArrayViewMut3, Axis};

/// Pictures of faces, and whose they are.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// The pictures, (m, side, side, 3).
    pub pictures: Array4<u8>,
    /// The person on each picture, from 0, (m,).
    pub people: Array1<usize>,
}

/// Draws `per_person` pictures, `side` × `side` × 3, of each of `n_people` persons; person after person.
///
/// A person keeps the shape of head and nose, skin, eyes, brows, hair, beard and glasses. Pose, expression, place, clothes,
/// light, background, sharpness and noise change from picture to picture. Different seeds draw different persons; the same
/// seed gives the same bytes on every machine.
///
/// ```
/// let people = cnn::datasets::synthetic_people(2, 3, 32, 7);
/// assert_eq!(people.pictures.dim(), (6, 32, 32, 3));
/// assert_eq!(people.people.to_vec(), [0, 0, 0, 1, 1, 1]);
/// ```
pub fn synthetic_people(n_people: usize, per_person: usize, side: usize, seed: u32) -> People {
    let m = n_people * per_person;
    let mut pictures = Array4::zeros((m, side, side, 3));
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut shares: Vec<Vec<(usize, ArrayViewMut3<u8>)>> = (0..n_threads).map(|_| Vec::new()).collect();
    for (i, view) in pictures.axis_iter_mut(Axis(0)).enumerate() {
        shares[i % n_threads].push((i, view));
    }
    std::thread::scope(|scope| {
        for share in shares {
            scope.spawn(|| {
                for (i, mut view) in share {
                    // Persons have generators of another seed than pictures, so that the two never meet.
                    let mut person = Rng::new(seed ^ 0x8000_0000, i / per_person);
                    let bytes = face::draw_person(&mut person, side, &mut Rng::new(seed, i));
                    view.iter_mut().zip(bytes).for_each(|(pixel, byte)| *pixel = byte);
                }
            });
        }
    });
    People { pictures, people: Array1::from_shape_fn(m, |i| i / per_person) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::s;

    #[test]
    fn a_seed_names_the_same_persons_and_pictures() {
        let (few, more) = (synthetic_people(1, 3, 24, 5), synthetic_people(2, 3, 24, 5));
        assert_eq!(few.pictures, more.pictures.slice(s![..3, .., .., ..]));
        assert_ne!(few.pictures, synthetic_people(1, 3, 24, 6).pictures);
    }

    #[test]
    fn no_two_pictures_of_a_person_are_equal() {
        let people = synthetic_people(1, 4, 24, 1);
        for i in 0..4 {
            for j in 0..i {
                assert_ne!(people.pictures.index_axis(Axis(0), i), people.pictures.index_axis(Axis(0), j));
            }
        }
    }
}
