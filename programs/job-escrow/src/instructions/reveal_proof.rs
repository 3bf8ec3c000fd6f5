use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, is_same, require, require_signer},
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
    event::RootAnchoredEvent,
    proof::{commitment, Revelation},
    state::{escrow::Escrow, lifecycle::EscrowMove, platform::Platform},
};

/// Shows the proof that was committed in an earlier slot: the job's last root, and the hash of its result.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 10))]
#[codama(account(name = "authority", signer, docs = "The coordinator, or the node's wallet"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct RevealProof {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub root: [u8; 32],
    /// Leaves under this root: one an epoch, and the result.
    #[codama(type = number(u32))]
    pub leaf_count: [u8; 4],
    /// SHA-256 of the trained weights.
    #[codama(type = fixed_size(bytes, 32))]
    pub result_hash: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for RevealProof {}

impl RevealProof {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let Self { nonce, root, leaf_count, result_hash } = arguments;
        let leaves = u32::from_le_bytes(*leaf_count);

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, *nonce, program_id)?;
        escrow.require_worker(authority, platform)?;
        let state = escrow.state_after(EscrowMove::Reveal)?;
        let clock = Clock::get()?;
        require(clock.slot > escrow.committed_slot, EscrowError::RevealTooEarly)?;
        require(clock.unix_timestamp < escrow.reveal_until(), EscrowError::DeadlinePassed)?;
        let committed = commitment(&escrow_address, &Revelation { nonce, leaf_count, root, result_hash });
        require(is_same(&committed, &escrow.proof_commitment), EscrowError::CommitmentMismatch)?;
        require(!is_empty(root) && !is_empty(result_hash), EscrowError::FieldEmpty)?;
        // One leaf an epoch, and the result.
        let most = escrow.checkpoints.saturating_add(1);
        require(leaves >= 2 && leaves <= most, EscrowError::ParameterOutOfRange)?;
        // A second proof replaces one that was invalid, so it need not be longer.
        require(leaves > escrow.leaf_count || escrow.proof_count > 1, EscrowError::RootNotMonotonic)?;

        escrow.state = state as u8;
        escrow.root = *root;
        escrow.leaf_count = leaves;
        escrow.result_hash = *result_hash;
        escrow.anchored_at = clock.unix_timestamp;
        RootAnchoredEvent {
            discriminator: RootAnchoredEvent::DISCRIMINATOR,
            version: RootAnchoredEvent::VERSION,
            is_final: 1,
            leaf_count: *leaf_count,
            escrow: escrow_address,
            nonce: *nonce,
            job_id: escrow.job_id,
            root: *root,
        }
        .emit();
        Ok(())
    }
}
