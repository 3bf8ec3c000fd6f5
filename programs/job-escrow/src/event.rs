//! What job-escrow writes to the log. Byte 0 is the event's number, byte 1 the version of its layout; a newer version
//! adds fields at the end.

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

#[derive(CodamaType)]
#[repr(C)]
pub struct PauseChangedEvent {
    pub discriminator: u8,
    pub version: u8,
    pub paused: u8,
    #[codama(type = public_key)]
    pub platform: Address,
}

// SAFETY: as above.
unsafe impl Event for PauseChangedEvent {
    const DISCRIMINATOR: u8 = 5;
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

// SAFETY: as above.
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

// SAFETY: as above.
unsafe impl Event for LeftoverCollectedEvent {
    const DISCRIMINATOR: u8 = 18;
    const VERSION: u8 = 1;
}
