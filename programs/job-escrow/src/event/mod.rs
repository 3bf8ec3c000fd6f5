//! What job-escrow writes to the log. Byte 0 is the event's number, byte 1 the version of its layout; a newer version
//! adds fields at the end.

mod dispute;
mod job;
mod platform;
mod slot;

pub use dispute::*;
pub use job::*;
pub use platform::*;
pub use slot::*;
