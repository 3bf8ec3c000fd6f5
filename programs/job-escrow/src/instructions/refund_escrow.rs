use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address, require_signer},
    layout::Arguments,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{refund, RefundAccounts},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowOutcome},
        platform::Platform,
    },
};

/// The coordinator sends everything back to the payer: the node failed.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 6))]
#[codama(account(name = "coordinator", signer))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct RefundEscrow {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for RefundEscrow {}

impl RefundEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [coordinator, platform, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(coordinator, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        require(address_eq(coordinator.address(), &platform.coordinator), EscrowError::WrongSigner)?;
        let (escrow, _) = Escrow::write(account, u64::from_le_bytes(arguments.nonce), program_id)?;
        let state = escrow.state_after(EscrowMove::Refund)?;
        require_address(payer_token, &escrow.payer_token, EscrowError::WrongPayerToken)?;

        refund(
            RefundAccounts { escrow: account, vault, payer_token, token_program },
            state,
            EscrowOutcome::Refunded,
            program_id,
        )
    }
}
