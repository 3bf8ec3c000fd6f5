use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_signer},
    event::Event,
    layout::Arguments,
};
use pinocchio::{
    error::ProgramError,
    sysvars::{clock::Clock, Sysvar},
    AccountView, Address, ProgramResult,
};

use crate::{
    error::EscrowError,
    event::ProofCommittedEvent,
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowState},
        platform::Platform,
    },
};

/// A job has one proof, and one more if the first was invalid.
const MAXIMUM_PROOFS: u8 = 2;

/// Puts the hash of the job's proof on chain before the proof itself, so that nobody who sees the proof can claim it was
/// theirs, and no root can be chosen after the audit's questions are known. Once per job, and once more if the first proof
/// was invalid.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 9))]
#[codama(account(name = "authority", signer, docs = "The coordinator, or the node's wallet"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct CommitProof {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// SHA-256("cyxwiz:commitment:v1" ‖ escrow ‖ nonce u64 ‖ leaf count u32 ‖ root ‖ result hash).
    #[codama(type = fixed_size(bytes, 32))]
    pub commitment: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CommitProof {}

impl CommitProof {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        escrow.require_worker(authority, platform)?;
        let state = escrow.state_after(EscrowMove::Commit)?;
        require(!is_empty(&arguments.commitment), EscrowError::FieldEmpty)?;
        require(escrow.proof_count < MAXIMUM_PROOFS, EscrowError::TooManyProofs)?;
        let clock = Clock::get()?;
        // A proof is replaced only while it can be challenged, and while there is time to reveal the new one.
        let until = if escrow.state == EscrowState::Proven as u8 {
            escrow.challenge_until().min(escrow.reveal_until())
        } else {
            escrow.deadline
        };
        require(clock.unix_timestamp < until, EscrowError::DeadlinePassed)?;

        escrow.state = state as u8;
        escrow.proof_commitment = arguments.commitment;
        escrow.committed_slot = clock.slot;
        // Less than two, as was checked.
        escrow.proof_count = escrow.proof_count.wrapping_add(1);
        ProofCommittedEvent {
            discriminator: ProofCommittedEvent::DISCRIMINATOR,
            version: ProofCommittedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            commitment: arguments.commitment,
        }
        .emit();
        Ok(())
    }
}
