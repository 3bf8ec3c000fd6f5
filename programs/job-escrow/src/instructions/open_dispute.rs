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
    event::DisputeOpenedEvent,
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowState},
    },
};

/// The payer or the node takes the job to the arbiter, with the hash of its evidence.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 14))]
#[codama(account(name = "party", signer, docs = "The payer, or the node's wallet"))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct OpenDispute {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for OpenDispute {}

impl OpenDispute {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [party, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(party, EscrowError::WrongSigner)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::Dispute)?;
        require(!is_empty(&arguments.evidence), EscrowError::FieldEmpty)?;
        let now = now_seconds()?;
        let until =
            if escrow.state == EscrowState::Proven as u8 { escrow.challenge_until() } else { escrow.deadline };
        require(now < until, EscrowError::WindowClosed)?;

        *escrow.evidence_of(party.address())? = arguments.evidence;
        escrow.state = state as u8;
        escrow.disputed_at = now;
        escrow.disputed_by = *party.address();
        escrow.take_evidence(now);
        DisputeOpenedEvent {
            discriminator: DisputeOpenedEvent::DISCRIMINATOR,
            version: DisputeOpenedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            party: *party.address(),
            evidence: arguments.evidence,
            evidence_until: escrow.evidence_until.to_le_bytes(),
            decision_until: escrow.decision_until.to_le_bytes(),
        }
        .emit();
        Ok(())
    }
}
