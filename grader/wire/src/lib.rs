/*!
The bytes that the grader and a compiled submission exchange: typed values, and frames of them.

It is not a general format: it carries arguments to graded functions and their answers, nothing else. A reader treats
every byte as hostile: counts are checked against the bytes that are there before anything is allocated, and nesting is
bounded.

```
use wire::Value;
let value = Value::Tuple(vec![Value::Count(2), Value::numbers(&[1, 2], vec![0.5, f64::NAN])]);
let bytes = value.to_bytes();
assert!(matches!(Value::from_bytes(&bytes)?, Value::Tuple(parts) if parts.len() == 2));
assert!(Value::from_bytes(&bytes[..bytes.len() - 1]).is_err());
# Ok::<(), wire::Malformed>(())
```

# Layout

Every integer is little-endian. A value is a tag byte and its contents; an array is its number of axes (one byte), its
axes (eight bytes each) and its entries in row-major order; a text is a length (four bytes) and UTF-8.
*/

mod frame;
pub mod network;
mod reader;
mod value;

pub use frame::{Frame, frames, message, read_message, whole_frames, write_frame};
pub use reader::{Malformed, Reader};
pub use value::{Data, Value, write_text};
