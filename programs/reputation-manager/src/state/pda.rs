pub const REPUTATION_SEED: &[u8] = b"reputation";
pub const PAGE_SEED: &[u8] = b"page";
