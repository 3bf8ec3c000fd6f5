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
        lifecycle::{EscrowMove, EscrowOutcome, NodeFault},
    },
};

/// The payer takes everything back before the node has started.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 7))]
#[codama(account(name = "payer", signer))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "payerToken", writable, docs = "Any token account of the payer"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct CancelEscrow {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CancelEscrow {}

impl CancelEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(payer, EscrowError::WrongSigner)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        require(address_eq(payer.address(), &escrow.payer), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Cancel)?;

        refund(
            &RefundAccounts { escrow: &view, vault, payer_token, token_program, payer_signed: true },
            escrow,
            Ending { state, outcome: EscrowOutcome::Cancelled, fault: NodeFault::None, now: now_seconds()? },
        )
    }
}
