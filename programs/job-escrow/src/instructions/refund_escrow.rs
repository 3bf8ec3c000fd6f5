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
        platform::Platform,
    },
};

/// The coordinator sends everything back to the payer, and says whether that was the node's fault.
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
    /// What the node answers for with its stake. `InvalidProof` only once a proof is committed.
    #[codama(type = link("nodeFault"))]
    pub fault: u8,
}

// SAFETY: `repr(C)`, only bytes.
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
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        let state = escrow.state_after(EscrowMove::Refund)?;
        let fault = NodeFault::from_byte(arguments.fault).ok_or(EscrowError::ParameterOutOfRange)?;
        let is_possible = match fault {
            NodeFault::None => true,
            NodeFault::Failed => escrow.state != EscrowState::Created as u8,
            NodeFault::InvalidProof => {
                escrow.state == EscrowState::Committed as u8 || escrow.state == EscrowState::Proven as u8
            }
            // The arbiter says that, nobody else.
            NodeFault::DisputeLost => false,
        };
        require(is_possible, EscrowError::ParameterOutOfRange)?;

        refund(
            &RefundAccounts { escrow: &view, vault, payer_token, token_program, payer_signed: false },
            escrow,
            Ending { state, outcome: EscrowOutcome::Refunded, fault, now: now_seconds()? },
        )
    }
}
