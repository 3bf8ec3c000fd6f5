use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::RootAnchoredEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove, platform::Platform},
};

/// A job has one final root, and one more if the first proof was invalid.
const MAXIMUM_PROOFS: u8 = 2;

/// Puts the Merkle root over the checkpoints so far on chain; the last one comes with the result's hash.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 4))]
#[codama(account(name = "authority", signer, docs = "The coordinator, or the node's wallet"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct AnchorRoot {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub root: [u8; 32],
    /// Leaves under this root: must grow from root to root.
    #[codama(type = number(u32))]
    pub leaf_count: [u8; 4],
    /// 1 for the job's last root, else 0.
    pub is_final: u8,
    /// SHA-256 of the trained weights; zeros unless final.
    #[codama(type = fixed_size(bytes, 32))]
    pub result_hash: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for AnchorRoot {}

impl AnchorRoot {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let leaf_count = u32::from_le_bytes(arguments.leaf_count);
        let is_final = arguments.is_final == 1;

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, u64::from_le_bytes(arguments.nonce), program_id)?;
        require(
            address_eq(authority.address(), &platform.coordinator) || address_eq(authority.address(), &escrow.node),
            EscrowError::WrongSigner,
        )?;
        let event = if is_final { EscrowMove::AnchorFinal } else { EscrowMove::AnchorCheckpoint };
        let state = escrow.state_after(event)?;
        require(arguments.is_final <= 1, EscrowError::ParameterOutOfRange)?;
        require(!is_empty(&arguments.root), EscrowError::FieldEmpty)?;
        // Only the job's own last root brings a result; no result hash is all zeros.
        require(is_empty(&arguments.result_hash) != is_final, EscrowError::FieldEmpty)?;
        // A second final root replaces a proof that was invalid, so it need not be longer.
        let least = if escrow.proof_count == 0 { escrow.leaf_count } else { 0 };
        require(leaf_count > least, EscrowError::RootNotMonotonic)?;
        require(!is_final || escrow.proof_count < MAXIMUM_PROOFS, EscrowError::TooManyProofs)?;

        escrow.state = state as u8;
        escrow.root = arguments.root;
        escrow.leaf_count = leaf_count;
        escrow.anchored_at = now_seconds()?;
        if is_final {
            escrow.result_hash = arguments.result_hash;
            // Less than two, as was checked.
            escrow.proof_count = escrow.proof_count.wrapping_add(1);
        }
        RootAnchoredEvent {
            discriminator: RootAnchoredEvent::DISCRIMINATOR,
            version: RootAnchoredEvent::VERSION,
            is_final: arguments.is_final,
            leaf_count: arguments.leaf_count,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            root: arguments.root,
        }
        .emit();
        Ok(())
    }
}
