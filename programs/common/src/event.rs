use core::{mem::size_of, slice};

/// Something that happened, as its bytes stand in the transaction's log (`Program data:`).
///
/// # Safety
/// The type is `repr(C)` with alignment 1 (so without padding), and its first two bytes are the discriminator
/// and the version of its layout.
pub unsafe trait Event: Sized {
    const DISCRIMINATOR: u8;
    const VERSION: u8;

    #[inline(always)]
    fn emit(&self) {
        const { assert!(core::mem::align_of::<Self>() == 1) };
        // SAFETY: `Self` has no padding (see the trait), so all of its bytes are initialised.
        let bytes = unsafe { slice::from_raw_parts(self as *const Self as *const u8, size_of::<Self>()) };
        log_data(bytes);
    }
}

#[inline(always)]
fn log_data(bytes: &[u8]) {
    let fields: [&[u8]; 1] = [bytes];
    #[cfg(any(target_os = "solana", target_arch = "bpf"))]
    // SAFETY: the pointer and the length describe `fields`, which outlives the call.
    unsafe {
        pinocchio::syscalls::sol_log_data(fields.as_ptr() as *const u8, fields.len() as u64);
    }
    #[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
    core::hint::black_box(fields);
}
