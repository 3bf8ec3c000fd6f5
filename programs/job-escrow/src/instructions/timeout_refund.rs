use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{refund, RefundAccounts},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowOutcome, EscrowState},
    },
};

/// Anybody sends everything back to the payer after the deadline. A job with a final proof on chain has the
/// challenge window on top, so that the node cannot lose its pay to whoever is first after the deadline.
///
/// Strangers can only use the token account the escrow was paid from; the payer may name another one of theirs.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 8))]
#[codama(account(name = "caller", signer, docs = "Anybody"))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct TimeoutRefund {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for TimeoutRefund {}

impl TimeoutRefund {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [caller, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(caller, EscrowError::WrongSigner)?;
        let (escrow, _) = Escrow::write(account, u64::from_le_bytes(arguments.nonce), program_id)?;
        let state = escrow.state_after(EscrowMove::TimeOut)?;
        let grace = if escrow.state == EscrowState::Proven as u8 { escrow.challenge_window_seconds } else { 0 };
        let until = escrow.deadline.checked_add(grace).ok_or(EscrowError::Overflow)?;
        require(now_seconds()? >= until, EscrowError::DeadlineNotPassed)?;
        require(
            address_eq(caller.address(), &escrow.payer)
                || address_eq(payer_token.address(), &escrow.payer_token),
            EscrowError::WrongPayerToken,
        )?;

        refund(
            RefundAccounts { escrow: account, vault, payer_token, token_program },
            state,
            EscrowOutcome::TimedOut,
            program_id,
        )
    }
}
