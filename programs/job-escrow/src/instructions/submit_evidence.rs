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
    event::EvidenceSubmittedEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove},
};

/// A party names its evidence, or other evidence than before, while the dispute takes any.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 15))]
#[codama(account(name = "party", signer, docs = "The payer, or the node's wallet"))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct SubmitEvidence {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for SubmitEvidence {}

impl SubmitEvidence {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [party, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(party, EscrowError::WrongSigner)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::SubmitEvidence)?;
        require(!is_empty(&arguments.evidence), EscrowError::FieldEmpty)?;
        require(now_seconds()? < escrow.evidence_until, EscrowError::EvidenceClosed)?;

        *escrow.evidence_of(party.address())? = arguments.evidence;
        escrow.state = state as u8;
        EvidenceSubmittedEvent {
            discriminator: EvidenceSubmittedEvent::DISCRIMINATOR,
            version: EvidenceSubmittedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            party: *party.address(),
            evidence: arguments.evidence,
        }
        .emit();
        Ok(())
    }
}
