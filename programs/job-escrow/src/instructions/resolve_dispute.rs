use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_address, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    decision::{appellant, payment_of},
    error::EscrowError,
    event::DisputeResolvedEvent,
    payout::{pay, DepositTo, PayAccounts},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowDecision, EscrowMove, EscrowState},
        platform::Platform,
    },
};

/// The arbiter decides. The first decision waits for an appeal; the one on an appeal is final and pays out at once, with
/// the appeal's deposit back to whoever was right to appeal, else to the treasury.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 16))]
#[codama(account(name = "arbiter", signer))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "treasury", writable, docs = "The platform's treasury"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct ResolveDispute {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// `ForPayer` or `ForNode`.
    #[codama(type = link("escrowDecision"))]
    pub decision: u8,
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ResolveDispute {}

impl ResolveDispute {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [arbiter, platform, account, vault, node_token, treasury, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(arbiter, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        require(address_eq(arbiter.address(), &platform.arbiter), EscrowError::WrongSigner)?;
        require_address(treasury, &platform.treasury, EscrowError::WrongTreasury)?;
        let view = *account;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::Resolve)?;
        let is_final = state == EscrowState::Settled;
        let decision = match EscrowDecision::from_byte(arguments.decision) {
            Some(decision) if decision != EscrowDecision::None => decision,
            _ => return Err(EscrowError::ParameterOutOfRange.into()),
        };
        let now = now_seconds()?;
        // Before an appeal nobody has to wait for evidence that is there. After one, the winner's is of the first round.
        let is_complete = !is_final && !is_empty(&escrow.payer_evidence) && !is_empty(&escrow.node_evidence);
        require(is_complete || now >= escrow.evidence_until, EscrowError::EvidenceOpen)?;
        require(now < escrow.decision_until, EscrowError::WindowClosed)?;

        let first = EscrowDecision::from_byte(escrow.decision).unwrap_or(EscrowDecision::None);
        escrow.state = state as u8;
        escrow.decision = arguments.decision;
        escrow.appeal_until = if is_final { now } else { now.saturating_add(escrow.appeal_window_seconds) };
        DisputeResolvedEvent {
            discriminator: DisputeResolvedEvent::DISCRIMINATOR,
            version: DisputeResolvedEvent::VERSION,
            decision: arguments.decision,
            is_final: u8::from(is_final),
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            appeal_until: escrow.appeal_until.to_le_bytes(),
        }
        .emit();
        if !is_final {
            return Ok(());
        }
        let deposit_to = if decision == first { DepositTo::Treasury } else { appellant(first) };
        let payment = payment_of(escrow, decision, deposit_to, state, now)?;
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
