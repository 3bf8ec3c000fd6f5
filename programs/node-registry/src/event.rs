//! What node-registry writes to the log. Byte 0 is the event's number, byte 1 the version of its layout.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

#[derive(CodamaType)]
#[repr(C)]
pub struct NodeRegisteredEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = public_key)]
    pub wallet: Address,
    #[codama(type = public_key)]
    pub identity: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub fingerprint: [u8; 32],
    #[codama(type = number(i64))]
    pub lock_until: [u8; 8],
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for NodeRegisteredEvent {
    const DISCRIMINATOR: u8 = 64;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct NodeStakedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
    #[codama(type = number(u64))]
    pub staked: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for NodeStakedEvent {
    const DISCRIMINATOR: u8 = 65;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct NodeUpdatedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = public_key)]
    pub identity: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub fingerprint: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub capabilities_hash: [u8; 32],
}

// SAFETY: as above.
unsafe impl Event for NodeUpdatedEvent {
    const DISCRIMINATOR: u8 = 66;
    const VERSION: u8 = 1;
}
