use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    token::require_token_program,
};
use pinocchio::{address::address_eq, cpi::Signer, error::ProgramError, AccountView, Address, ProgramResult};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::EscrowError,
    event::LeftoverCollectedEvent,
    payout::{leftover, EscrowSigner},
    state::{escrow::Escrow, lifecycle::EscrowMove},
};

/// The payer takes what a settlement left in its vault because its token account could not receive. Unlike closing the
/// slot, this needs nobody else: a registry that takes no report must not keep the payer from its tokens.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 27))]
#[codama(account(name = "payer", signer))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "payerToken", writable, docs = "Any token account of the payer"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct CollectLeftover {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CollectLeftover {}

impl CollectLeftover {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(payer, EscrowError::WrongSigner)?;
        require_writable(vault, EscrowError::NotWritable)?;
        require_writable(payer_token, EscrowError::NotWritable)?;
        require_token_program(token_program, EscrowError::WrongTokenProgram)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        require(address_eq(payer.address(), &escrow.payer), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Collect)?;
        require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
        let left = leftover(vault, payer_token, escrow)?;
        require(left > 0, EscrowError::AmountZero)?;

        escrow.state = state as u8;
        LeftoverCollectedEvent {
            discriminator: LeftoverCollectedEvent::DISCRIMINATOR,
            version: LeftoverCollectedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            payer: escrow.payer,
            to_payer: left.to_le_bytes(),
        }
        .emit();
        let signer = EscrowSigner::of(escrow);
        Transfer::new(vault, payer_token, account, left).invoke_signed(&[Signer::from(&signer.seeds())])
    }
}
