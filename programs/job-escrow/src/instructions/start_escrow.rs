use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::EscrowStartedEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove},
};

/// The node takes the job. From here the payer can no longer cancel for free.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 3))]
#[codama(account(name = "node", signer, docs = "The node's wallet"))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct StartEscrow {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for StartEscrow {}

impl StartEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [node, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(node, EscrowError::WrongSigner)?;
        let (escrow, escrow_address) = Escrow::write(account, u64::from_le_bytes(arguments.nonce), program_id)?;
        require(address_eq(node.address(), &escrow.node), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Start)?;
        let now = now_seconds()?;
        require(now < escrow.deadline, EscrowError::DeadlinePassed)?;

        escrow.state = state as u8;
        escrow.started_at = now;
        EscrowStartedEvent {
            discriminator: EscrowStartedEvent::DISCRIMINATOR,
            version: EscrowStartedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
        }
        .emit();
        Ok(())
    }
}
