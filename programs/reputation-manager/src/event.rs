//! What reputation-manager writes to the log. Byte 0 is the event's number, byte 1 the version of its layout.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

/// A batch of outcomes changed entries of a page.
#[derive(CodamaType)]
#[repr(C)]
pub struct OutcomesRecordedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub page: Address,
    #[codama(type = number(u64))]
    pub sequence: [u8; 8],
    #[codama(type = number(u32))]
    pub count: [u8; 4],
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for OutcomesRecordedEvent {
    const DISCRIMINATOR: u8 = 128;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct NodeAddedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub entry: u8,
    #[codama(type = public_key)]
    pub page: Address,
    #[codama(type = public_key)]
    pub wallet: Address,
}

// SAFETY: as above.
unsafe impl Event for NodeAddedEvent {
    const DISCRIMINATOR: u8 = 130;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct PageOpenedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub page: Address,
    #[codama(type = number(u32))]
    pub page_index: [u8; 4],
}

// SAFETY: as above.
unsafe impl Event for PageOpenedEvent {
    const DISCRIMINATOR: u8 = 131;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct ReputationAdminProposedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub reputation: Address,
    #[codama(type = public_key)]
    pub pending_admin: Address,
}

// SAFETY: as above.
unsafe impl Event for ReputationAdminProposedEvent {
    const DISCRIMINATOR: u8 = 132;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct ReputationAdminAcceptedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub reputation: Address,
    #[codama(type = public_key)]
    pub admin: Address,
}

// SAFETY: as above.
unsafe impl Event for ReputationAdminAcceptedEvent {
    const DISCRIMINATOR: u8 = 133;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct ReputationCoordinatorChangedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub reputation: Address,
    #[codama(type = public_key)]
    pub coordinator: Address,
}

// SAFETY: as above.
unsafe impl Event for ReputationCoordinatorChangedEvent {
    const DISCRIMINATOR: u8 = 134;
    const VERSION: u8 = 1;
}
