use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_address, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    time::now_seconds,
    token::require_token_program,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::EscrowError,
    event::AppealOpenedEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove},
};

/// The losing party asks for a second decision, once, against a deposit and with new evidence.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 17))]
#[codama(account(name = "loser", signer, docs = "Whom the decision is against"))]
#[codama(account(name = "loserToken", writable, docs = "A token account of the loser that pays the deposit"))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct Appeal {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for Appeal {}

impl Appeal {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [loser, loser_token, account, vault, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(loser, EscrowError::WrongSigner)?;
        require_writable(loser_token, EscrowError::NotWritable)?;
        require_writable(vault, EscrowError::NotWritable)?;
        require_token_program(token_program, EscrowError::WrongTokenProgram)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::Appeal)?;
        require(address_eq(loser.address(), escrow.loser()), EscrowError::NotParty)?;
        require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
        require(!is_empty(&arguments.evidence), EscrowError::FieldEmpty)?;
        let now = now_seconds()?;
        require(now < escrow.appeal_until, EscrowError::WindowClosed)?;
        let deposit = escrow.appeal_deposit;
        require(escrow.amount.checked_add(deposit).is_some(), EscrowError::Overflow)?;

        *escrow.evidence_of(loser.address())? = arguments.evidence;
        escrow.state = state as u8;
        // Once only: no move leads from Appealed back to Resolved.
        escrow.appeal_count = escrow.appeal_count.saturating_add(1);
        escrow.deposit = deposit;
        escrow.take_evidence(now);
        AppealOpenedEvent {
            discriminator: AppealOpenedEvent::DISCRIMINATOR,
            version: AppealOpenedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            party: *loser.address(),
            evidence: arguments.evidence,
            deposit: deposit.to_le_bytes(),
            evidence_until: escrow.evidence_until.to_le_bytes(),
            decision_until: escrow.decision_until.to_le_bytes(),
        }
        .emit();
        Transfer::new(loser_token, vault, loser, deposit).invoke()
    }
}
