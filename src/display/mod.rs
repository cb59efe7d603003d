/*!
What a cell shows in addition to its printed text: figures and tables, and what changes while a cell runs.

Figures are drawn by [`plot`](crate::plot), which passes its [`Content`] to this module.

A cell's process sends display messages to its kernel on standard output. Two kernels support them:

| kernel | what is sent | what is shown |
| --- | --- | --- |
| any evcxr kernel | `EVCXR_BEGIN_CONTENT text/html`, the content, `EVCXR_END_CONTENT` | one thing per MIME type and cell, when the cell has ended |
| one that sets `CNN_LIVE` in the cell's environment, such as the session of `workbook` | the same, and `EVCXR_BEGIN_CONTENT text/html; display-id=ID` | each thing as it comes; what has an ID replaces what was shown under it before, and is taken away by content that is empty |

What is printed as text must not depend on the kernel, so that a notebook reads the same everywhere: what only a live
kernel gets is taken away again when it has served, see [`Live`].
*/

mod channel;
mod content;
mod interrupt;
mod live;
mod progress;
mod table;

pub use channel::Channel;
pub use content::Content;
pub use interrupt::Interrupt;
pub use live::Live;
pub use progress::Progress;
pub use table::Table;
