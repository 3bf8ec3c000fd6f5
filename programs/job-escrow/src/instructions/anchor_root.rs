use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::RootAnchoredEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove, platform::Platform},
};

/// Puts the Merkle root over the checkpoints so far on chain, while the job runs. The last one is committed and revealed
/// instead (`commit_proof`, `reveal_proof`).
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
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for AnchorRoot {}

impl AnchorRoot {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let leaf_count = u32::from_le_bytes(arguments.leaf_count);

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        escrow.require_worker(authority, platform)?;
        let state = escrow.state_after(EscrowMove::Anchor)?;
        require(!is_empty(&arguments.root), EscrowError::FieldEmpty)?;
        require(leaf_count > escrow.leaf_count, EscrowError::RootNotMonotonic)?;
        require(leaf_count <= escrow.checkpoints, EscrowError::ParameterOutOfRange)?;

        escrow.state = state as u8;
        escrow.root = arguments.root;
        escrow.leaf_count = leaf_count;
        escrow.anchored_at = now_seconds()?;
        RootAnchoredEvent {
            discriminator: RootAnchoredEvent::DISCRIMINATOR,
            version: RootAnchoredEvent::VERSION,
            is_final: 0,
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
