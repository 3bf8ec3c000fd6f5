//! SHA-256, by the cluster.

/// SHA-256 over the parts as one text.
#[inline(always)]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = [0; 32];
    sha256_into(parts, &mut hash);
    hash
}

/// Like [`sha256`], into a place of the caller's.
#[inline(always)]
pub fn sha256_into(parts: &[&[u8]], hash: &mut [u8; 32]) {
    // SAFETY: the pointer and the length describe `parts`, which outlives the call; `hash` has 32 bytes.
    unsafe { syscall(parts.as_ptr() as *const u8, parts.len(), hash.as_mut_ptr()) }
}

/// Two nodes of a Merkle tree behind the prefix they are hashed with. Kept in one piece, because the cluster charges
/// by the piece, and hashed in place, because copying costs as much as hashing.
pub struct Pair([u8; 65]);

#[repr(C)]
struct Piece {
    address: *const u8,
    length: u64,
}

impl Pair {
    #[inline(always)]
    pub const fn new(prefix: u8) -> Self {
        let mut bytes = [0; 65];
        bytes[0] = prefix;
        Self(bytes)
    }

    #[inline(always)]
    pub fn left(&mut self) -> &mut [u8; 32] {
        // The compiler sees that this is there.
        self.0[1..].first_chunk_mut().unwrap_or_else(|| unreachable!())
    }

    #[inline(always)]
    pub fn right(&mut self) -> &mut [u8; 32] {
        self.0.last_chunk_mut().unwrap_or_else(|| unreachable!())
    }

    /// Puts SHA-256(prefix ‖ left ‖ right) in the right node's place.
    #[inline(always)]
    pub fn join(&mut self) {
        let start = self.0.as_mut_ptr();
        let piece = Piece { address: start, length: 65 };
        // SAFETY: the piece describes all of `self`, whose last 32 bytes take the hash. The cluster reads everything
        // before it writes the hash, and no reference to either is held meanwhile.
        unsafe { syscall(&raw const piece as *const u8, 1, start.add(33)) }
    }
}

/// # Safety
/// `parts` points to `count` pairs of address and length, `hash` to 32 bytes that can be written.
#[inline(always)]
unsafe fn syscall(parts: *const u8, count: usize, hash: *mut u8) {
    #[cfg(any(target_os = "solana", target_arch = "bpf"))]
    {
        pinocchio::syscalls::sol_sha256(parts, count as u64, hash);
    }
    #[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
    {
        core::hint::black_box((parts, count, hash));
        unimplemented!("only the cluster hashes")
    }
}
