//! The platform and the accounts.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

#[derive(CodamaType)]
#[repr(C)]
pub struct PauseChangedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub paused: u8,
    #[codama(type = public_key)]
    pub platform: Address,
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for PauseChangedEvent {
    const DISCRIMINATOR: u8 = 5;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct PlatformAdminProposedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub platform: Address,
    /// Zeros if the proposal was withdrawn.
    #[codama(type = public_key)]
    pub new_admin: Address,
}

// SAFETY: as above.
unsafe impl Event for PlatformAdminProposedEvent {
    const DISCRIMINATOR: u8 = 14;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct PlatformAdminAcceptedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub platform: Address,
    #[codama(type = public_key)]
    pub admin: Address,
}

// SAFETY: as above.
unsafe impl Event for PlatformAdminAcceptedEvent {
    const DISCRIMINATOR: u8 = 15;
    const VERSION: u8 = 1;
}

/// The platform's parameters or authorities have changed; the account has the new ones.
#[derive(CodamaType)]
#[repr(C)]
pub struct PlatformUpdatedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub platform: Address,
}

// SAFETY: as above.
unsafe impl Event for PlatformUpdatedEvent {
    const DISCRIMINATOR: u8 = 16;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct AccountMigratedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub from_version: u8,
    pub to_version: u8,
    #[codama(type = public_key)]
    pub account: Address,
}

// SAFETY: as above.
unsafe impl Event for AccountMigratedEvent {
    const DISCRIMINATOR: u8 = 17;
    const VERSION: u8 = 1;
}
