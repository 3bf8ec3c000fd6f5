use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address, require_signer},
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    decision::{appellant, payment_of},
    error::EscrowError,
    payout::{pay, PayAccounts},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowDecision, EscrowMove, EscrowState},
        platform::Platform,
    },
};

/// Carries a decision out: anybody after the time for an appeal, the losing party before. If the arbiter lets an appeal's
/// time pass, the first decision stands, and the deposit goes back.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 18))]
#[codama(account(name = "caller", signer, docs = "Anybody"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "treasury", writable, docs = "The platform's treasury"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct ExecuteDecision {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ExecuteDecision {}

impl ExecuteDecision {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [caller, platform, account, vault, node_token, treasury, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(caller, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        require_address(treasury, &platform.treasury, EscrowError::WrongTreasury)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::Execute)?;
        let now = now_seconds()?;
        let is_time = if escrow.state == EscrowState::Resolved as u8 {
            now >= escrow.appeal_until || address_eq(caller.address(), escrow.loser())
        } else {
            now >= escrow.decision_until
        };
        require(is_time, EscrowError::WindowOpen)?;

        let decision = EscrowDecision::from_byte(escrow.decision).ok_or(EscrowError::IllegalState)?;
        let payment = payment_of(escrow, decision, appellant(decision), state, now)?;
        pay(
            &PayAccounts {
                escrow: &view,
                vault,
                node_token,
                treasury: Some(treasury),
                payer_token,
                token_program,
            },
            escrow,
            &payment,
        )
    }
}
