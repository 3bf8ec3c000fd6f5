//! What node-registry writes to the log. Byte 0 is the event's number, byte 1 the version of its layout.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

use crate::state::{node::Node, registry::Registry};

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

/// Who got what of the stake that was slashed.
#[derive(CodamaType)]
#[repr(C)]
pub struct NodeSlashedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = link("slashReason"))]
    pub reason: u8,
    #[codama(type = link("nodeStatus"))]
    pub status: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
    #[codama(type = number(u64))]
    pub to_payer: [u8; 8],
    #[codama(type = number(u64))]
    pub to_insurance: [u8; 8],
    #[codama(type = number(u64))]
    pub burned: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: as above.
unsafe impl Event for NodeSlashedEvent {
    const DISCRIMINATOR: u8 = 67;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct WithdrawalRequestedEvent {
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
unsafe impl Event for WithdrawalRequestedEvent {
    const DISCRIMINATOR: u8 = 68;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct WithdrawalFinishedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = link("nodeStatus"))]
    pub status: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for WithdrawalFinishedEvent {
    const DISCRIMINATOR: u8 = 69;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct WithdrawalCancelledEvent {
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
unsafe impl Event for WithdrawalCancelledEvent {
    const DISCRIMINATOR: u8 = 70;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct NodeReinstatedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
}

// SAFETY: as above.
unsafe impl Event for NodeReinstatedEvent {
    const DISCRIMINATOR: u8 = 71;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct RewardsClaimedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
    #[codama(type = number(u64))]
    pub rewards: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for RewardsClaimedEvent {
    const DISCRIMINATOR: u8 = 72;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct TierSyncedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub tier: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = number(u32))]
    pub reputation_entry: [u8; 4],
}

// SAFETY: as above.
unsafe impl Event for TierSyncedEvent {
    const DISCRIMINATOR: u8 = 73;
    const VERSION: u8 = 1;
}

/// A job of the node started or ended.
#[derive(CodamaType)]
#[repr(C)]
pub struct NodeJobsEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = number(u32))]
    pub running_jobs: [u8; 4],
}

impl NodeJobsEvent {
    pub fn now(address: Address, node: &Node) -> Self {
        Self {
            discriminator: Self::DISCRIMINATOR,
            version: Self::VERSION,
            node: address,
            running_jobs: node.running_jobs.to_le_bytes(),
        }
    }
}

// SAFETY: as above.
unsafe impl Event for NodeJobsEvent {
    const DISCRIMINATOR: u8 = 74;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct RegistryAdminProposedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub registry: Address,
    #[codama(type = public_key)]
    pub pending_admin: Address,
}

// SAFETY: as above.
unsafe impl Event for RegistryAdminProposedEvent {
    const DISCRIMINATOR: u8 = 75;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct RegistryAdminAcceptedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub registry: Address,
    #[codama(type = public_key)]
    pub admin: Address,
}

// SAFETY: as above.
unsafe impl Event for RegistryAdminAcceptedEvent {
    const DISCRIMINATOR: u8 = 76;
    const VERSION: u8 = 1;
}

/// The parameters, the authorities or the pause changed; the account has what they are now.
#[derive(CodamaType)]
#[repr(C)]
pub struct RegistryUpdatedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub paused: u8,
    #[codama(type = public_key)]
    pub registry: Address,
}

impl RegistryUpdatedEvent {
    pub fn now(address: Address, registry: &Registry) -> Self {
        Self {
            discriminator: Self::DISCRIMINATOR,
            version: Self::VERSION,
            paused: registry.paused,
            registry: address,
        }
    }
}

// SAFETY: as above.
unsafe impl Event for RegistryUpdatedEvent {
    const DISCRIMINATOR: u8 = 77;
    const VERSION: u8 = 1;
}
