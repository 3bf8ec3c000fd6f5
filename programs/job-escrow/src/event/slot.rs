//! A payer's slot when no job is in it.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

#[derive(CodamaType)]
#[repr(C)]
pub struct LeftoverCollectedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = public_key)]
    pub payer: Address,
    #[codama(type = number(u64))]
    pub to_payer: [u8; 8],
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for LeftoverCollectedEvent {
    const DISCRIMINATOR: u8 = 18;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct SlotClosedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = public_key)]
    pub payer: Address,
    /// Tokens that were left in the vault.
    #[codama(type = number(u64))]
    pub to_payer: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for SlotClosedEvent {
    const DISCRIMINATOR: u8 = 13;
    const VERSION: u8 = 1;
}
