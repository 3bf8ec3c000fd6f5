//! A dispute, from its opening to the last decision.

use codama_macros::CodamaType;
use cyxwiz_program_common::event::Event;
use pinocchio::Address;

#[derive(CodamaType)]
#[repr(C)]
pub struct DisputeOpenedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = public_key)]
    pub party: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
    #[codama(type = number(i64))]
    pub evidence_until: [u8; 8],
    #[codama(type = number(i64))]
    pub decision_until: [u8; 8],
}

// SAFETY: `repr(C)` of bytes, starting with discriminator and version.
unsafe impl Event for DisputeOpenedEvent {
    const DISCRIMINATOR: u8 = 8;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct EvidenceSubmittedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = public_key)]
    pub party: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: as above.
unsafe impl Event for EvidenceSubmittedEvent {
    const DISCRIMINATOR: u8 = 9;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct DisputeResolvedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = link("escrowDecision"))]
    pub decision: u8,
    /// 1 if no appeal is possible, else 0.
    pub is_final: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = number(i64))]
    pub appeal_until: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for DisputeResolvedEvent {
    const DISCRIMINATOR: u8 = 10;
    const VERSION: u8 = 1;
}

#[derive(CodamaType)]
#[repr(C)]
pub struct AppealOpenedEvent {
    pub discriminator: u8,
    pub version: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = public_key)]
    pub party: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
    #[codama(type = number(u64))]
    pub deposit: [u8; 8],
    #[codama(type = number(i64))]
    pub evidence_until: [u8; 8],
    #[codama(type = number(i64))]
    pub decision_until: [u8; 8],
}

// SAFETY: as above.
unsafe impl Event for AppealOpenedEvent {
    const DISCRIMINATOR: u8 = 11;
    const VERSION: u8 = 1;
}
