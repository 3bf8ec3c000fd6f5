use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    amount::{share, BASIS_POINTS},
    check::{is_same, require, require_address, require_signer, require_writable},
    layout::Arguments,
    time::now_seconds,
    token::{can_receive, require_token_account, require_token_program},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    payout::{settle, transfer_all, vault_balance, EscrowSigner, Shares},
    state::{
        escrow::{Escrow, FLAG_AUTO_RELEASE},
        lifecycle::{EscrowMove, EscrowOutcome},
        platform::Platform,
    },
};

/// Pays the node for a proven job. The payer may do it at any time; the coordinator at once if the payer's terms say
/// so, otherwise after the challenge window.
///
/// Both shares are rounded down; what remains goes to the payer. If the treasury's or the payer's token account
/// cannot receive (closed, frozen), that does not keep the node from its pay: the fee then falls to the payer, and
/// the payer's part stays in the payer's own vault for the next settlement of the slot.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 5))]
#[codama(account(name = "authority", signer, docs = "The coordinator, or the payer"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "treasury", writable, docs = "The platform's treasury"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct CompletePayment {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// The root whose proof was verified: another one anchored in the meantime is not paid for.
    #[codama(type = fixed_size(bytes, 32))]
    pub root: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for CompletePayment {}

impl CompletePayment {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, vault, node_token, treasury, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(authority, EscrowError::WrongSigner)?;
        require_writable(vault, EscrowError::NotWritable)?;
        require_writable(node_token, EscrowError::NotWritable)?;
        require_writable(treasury, EscrowError::NotWritable)?;
        require_writable(payer_token, EscrowError::NotWritable)?;
        require_token_program(token_program, EscrowError::WrongTokenProgram)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, u64::from_le_bytes(arguments.nonce), program_id)?;
        let by_payer = address_eq(authority.address(), &escrow.payer);
        let by_coordinator = address_eq(authority.address(), &platform.coordinator);
        require(by_payer || by_coordinator, EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Complete)?;
        require(is_same(&arguments.root, &escrow.root), EscrowError::RootMismatch)?;
        let now = now_seconds()?;
        require(
            by_payer
                || escrow.flags & FLAG_AUTO_RELEASE != 0
                || now.saturating_sub(escrow.anchored_at) >= escrow.challenge_window_seconds,
            EscrowError::ChallengeWindowOpen,
        )?;
        escrow.require_vault(vault, &escrow_address, program_id)?;
        require_token_account(node_token, &escrow.mint, &escrow.node, EscrowError::WrongNodeToken)?;
        require_address(treasury, &platform.treasury, EscrowError::WrongTreasury)?;
        require_address(payer_token, &escrow.payer_token, EscrowError::WrongPayerToken)?;

        let balance = vault_balance(vault, escrow)?;
        let node_bps = (BASIS_POINTS as u16).saturating_sub(escrow.fee_bps);
        let to_node = share(escrow.amount, node_bps);
        let to_treasury =
            if can_receive(treasury, &escrow.mint) { share(escrow.amount, escrow.fee_bps) } else { 0 };
        let remainder = balance
            .checked_sub(to_node)
            .and_then(|rest| rest.checked_sub(to_treasury))
            .ok_or(EscrowError::Overflow)?;
        let payer_can_receive = require_token_account(
            payer_token,
            &escrow.mint,
            &escrow.payer,
            EscrowError::WrongPayerToken,
        )
        .is_ok()
            && can_receive(payer_token, &escrow.mint);
        let to_payer = if payer_can_receive { remainder } else { 0 };

        let shares = Shares { to_payer, to_node, to_treasury };
        settle(escrow, &escrow_address, state, EscrowOutcome::Completed, shares, now);
        let signer = EscrowSigner::of(escrow);
        transfer_all(
            vault,
            [(node_token, to_node), (treasury, to_treasury), (payer_token, to_payer)],
            account,
            &signer,
        )
    }
}
