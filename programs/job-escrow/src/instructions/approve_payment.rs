use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address, require_signer},
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{pay, DepositTo, Ending, PayAccounts, Payment},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowMove, EscrowOutcome, NodeFault},
        platform::Platform,
    },
};

/// The payer pays the node without asking for the proof; in a dispute, the payer gives in.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 11))]
#[codama(account(name = "payer", signer))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "treasury", writable, docs = "The platform's treasury"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct ApprovePayment {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ApprovePayment {}

impl ApprovePayment {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, platform, account, vault, node_token, treasury, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(payer, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        require_address(treasury, &platform.treasury, EscrowError::WrongTreasury)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        require(address_eq(payer.address(), &escrow.payer), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Approve)?;

        let (to_node, to_treasury) = escrow.shares();
        let ending =
            Ending { state, outcome: EscrowOutcome::Approved, fault: NodeFault::None, now: now_seconds()? };
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
            &Payment { ending, to_node, to_treasury, deposit_to: DepositTo::Payer },
        )
    }
}
