use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    amount::{part, share},
    check::{require, require_signer},
    layout::Arguments,
    time::now_seconds,
    token::{can_receive, require_token_account},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{pay, DepositTo, Ending, PayAccounts, Payment},
    state::{
        escrow::{Escrow, CHECKPOINTS_UNKNOWN, FLAG_AUTO_RELEASE},
        lifecycle::{EscrowMove, EscrowOutcome, NodeFault},
        platform::Platform,
    },
};

/// Ends a job that runs: the node is paid for the part that is on chain, and a fee on the rest; the payer gets what remains.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 12))]
#[codama(account(name = "authority", signer, docs = "The payer, or the coordinator"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct CancelRunning {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// Checkpoints on chain as the sender knows them: a root anchored in the meantime must not change the price.
    #[codama(type = number(u32))]
    pub leaf_count: [u8; 4],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CancelRunning {}

impl CancelRunning {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, vault, node_token, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        let by_payer = address_eq(authority.address(), &escrow.payer);
        require(by_payer || address_eq(authority.address(), &platform.coordinator), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::CancelRunning)?;
        // Without the number of epochs nobody can say what part is done.
        require(escrow.checkpoints != CHECKPOINTS_UNKNOWN, EscrowError::IllegalState)?;
        require(escrow.leaf_count == u32::from_le_bytes(arguments.leaf_count), EscrowError::RootMismatch)?;
        // Checkpoints pay here without a proof, and the fee without anything. Where the payer wants time to object, the
        // coordinator and the node must not be able to take it away together by anchoring whatever they like, or nothing.
        let now = now_seconds()?;
        let at_once = by_payer || escrow.flags & FLAG_AUTO_RELEASE != 0;
        let window_from = escrow.anchored_at.max(escrow.started_at);
        let until = window_from.saturating_add(escrow.challenge_window_seconds);
        require(at_once || now >= until, EscrowError::ChallengeWindowOpen)?;
        // Not any account will do, or the payer would name one that cannot receive and keep the node's part.
        require_token_account(node_token, &escrow.mint, &escrow.node, EscrowError::WrongNodeToken)?;

        let done = part(escrow.amount, escrow.leaf_count, escrow.checkpoints);
        // `done` is at most the amount, and the fee at most the rest.
        let earned = done.saturating_add(share(escrow.amount.saturating_sub(done), escrow.cancel_fee_bps));
        let to_node = if can_receive(node_token, &escrow.mint) { earned } else { 0 };
        let outcome = EscrowOutcome::CancelledRunning;
        let ending = Ending { state, outcome, fault: NodeFault::None, now };
        pay(
            &PayAccounts { escrow: &view, vault, node_token, treasury: None, payer_token, token_program },
            escrow,
            &Payment { ending, to_node, to_treasury: 0, deposit_to: DepositTo::Payer },
        )
    }
}
