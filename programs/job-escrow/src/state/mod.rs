pub mod escrow;
pub mod lifecycle;
pub mod pda;
pub mod platform;
