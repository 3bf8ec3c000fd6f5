//! A job in escrow, from its creation to the report of its end.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

#[derive(CodamaType)]
#[repr(C)]
pub struct EscrowCreatedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub flags: u8,
    #[codama(type = number(u16))]
    pub fee_bps: [u8; 2],
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
    #[codama(type = number(i64))]
    pub deadline: [u8; 8],
    #[codama(type = public_key)]
    pub payer: Address,
    #[codama(type = public_key)]
    pub node: Address,
    /// The job's epochs.
    #[codama(type = number(u32))]
    pub checkpoints: [u8; 4],
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for EscrowCreatedEvent {
    const DISCRIMINATOR: u8 = 1;
    const VERSION: u8 = 2;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct EscrowStartedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
}

// SAFETY: as above.
unsafe impl Event for EscrowStartedEvent {
    const DISCRIMINATOR: u8 = 2;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct RootAnchoredEvent {
    pub discriminator: u8,
    pub version: u8,
    /// 1 for the last root of the job, else 0.
    pub is_final: u8,
    #[codama(type = number(u32))]
    pub leaf_count: [u8; 4],
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = fixed_size(bytes, 32))]
    pub root: [u8; 32],
}

// SAFETY: as above.
unsafe impl Event for RootAnchoredEvent {
    const DISCRIMINATOR: u8 = 3;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct ProofCommittedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = fixed_size(bytes, 32))]
    pub commitment: [u8; 32],
}

// SAFETY: as above.
unsafe impl Event for ProofCommittedEvent {
    const DISCRIMINATOR: u8 = 6;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct EscrowExtendedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = number(i64))]
    pub deadline: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for EscrowExtendedEvent {
    const DISCRIMINATOR: u8 = 7;
    const VERSION: u8 = 1;
}

/// The escrow is over: who got what.
#[derive(CodamaType)]
#[repr(C)]
pub struct EscrowSettledEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = link("escrowOutcome"))]
    pub outcome: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = number(u64))]
    pub to_payer: [u8; 8],
    #[codama(type = number(u64))]
    pub to_node: [u8; 8],
    #[codama(type = number(u64))]
    pub to_treasury: [u8; 8],
    /// What the node answers for.
    #[codama(type = link("nodeFault"))]
    pub fault: u8,
    /// How much of the three amounts was an appeal's deposit.
    #[codama(type = number(u64))]
    pub deposit: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for EscrowSettledEvent {
    const DISCRIMINATOR: u8 = 4;
    const VERSION: u8 = 2;
}

/// The registry has heard how the job ended.
#[derive(CodamaType)]
#[repr(C)]
pub struct OutcomeReportedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = link("nodeFault"))]
    pub fault: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    /// The node's wallet.
    #[codama(type = public_key)]
    pub node: Address,
}

// SAFETY: as above.
unsafe impl Event for OutcomeReportedEvent {
    const DISCRIMINATOR: u8 = 12;
    const VERSION: u8 = 1;
}
