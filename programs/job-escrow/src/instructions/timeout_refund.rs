use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{refund, Ending, RefundAccounts},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowOutcome, EscrowState, NodeFault},
    },
};

/// Anybody sends everything back to the payer when the job's time is over. A job whose proof is on its way has the
/// challenge window on top of the deadline, a proven one twice, so that the node cannot lose its pay to whoever is first
/// after the deadline; a disputed one waits for the arbiter's time to pass.
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

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for TimeoutRefund {}

impl TimeoutRefund {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [caller, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(caller, EscrowError::WrongSigner)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::TimeOut)?;
        let (until, fault) = match EscrowState::from_byte(escrow.state) {
            Some(EscrowState::Created) => (escrow.deadline, NodeFault::None),
            Some(EscrowState::Running) => (escrow.deadline, NodeFault::Failed),
            Some(EscrowState::Committed) => (escrow.reveal_until(), NodeFault::Failed),
            Some(EscrowState::Proven) => {
                let payable = escrow.deadline.max(escrow.challenge_until());
                (payable.saturating_add(escrow.challenge_window_seconds), NodeFault::None)
            }
            // Disputed: the arbiter has said nothing.
            _ => (escrow.decision_until, NodeFault::None),
        };
        let now = now_seconds()?;
        require(now >= until, EscrowError::DeadlineNotPassed)?;
        let payer_signed = address_eq(caller.address(), &escrow.payer);

        refund(
            &RefundAccounts { escrow: &view, vault, payer_token, token_program, payer_signed },
            escrow,
            Ending { state, outcome: EscrowOutcome::TimedOut, fault, now },
        )
    }
}
