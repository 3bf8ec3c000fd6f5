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
    proof::{is_complete, Tree},
    state::{
        escrow::{Escrow, FLAG_AUTO_RELEASE},
        lifecycle::{EscrowMove, EscrowOutcome, NodeFault},
        platform::Platform,
    },
};

/// Pays the node for a proven job. The payer may do it at any time; the coordinator at once if the payer's terms say so,
/// otherwise after the challenge window; the node after that window.
///
/// Shows that the job's last checkpoint and its result are the last two leaves under the revealed root. Both shares are
/// rounded down; what remains goes to the payer. If the treasury's or the payer's token account cannot receive (closed,
/// frozen), that does not keep the node from its pay: the fee then falls to the payer, and the payer's part stays in the
/// payer's own vault for the next settlement of the slot.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 5))]
#[codama(account(name = "authority", signer, docs = "The coordinator, the payer, or the node's wallet"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "nodeToken", writable, docs = "A token account of the node's wallet"))]
#[codama(account(name = "treasury", writable, docs = "The platform's treasury"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[codama(argument("siblings", array(fixed_size(bytes, 32), remainder_count), after))]
#[repr(C)]
pub struct CompletePayment {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// Hash of the chain after the last epoch (H_n).
    #[codama(type = fixed_size(bytes, 32))]
    pub checkpoint_hash: [u8; 32],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CompletePayment {}

impl CompletePayment {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, platform, account, vault, node_token, treasury, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let (arguments, rest) = Self::read_head(data)?;
        let (siblings, []) = rest.as_chunks::<32>() else {
            return Err(ProgramError::InvalidInstructionData);
        };

        require_signer(authority, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        require_address(treasury, &platform.treasury, EscrowError::WrongTreasury)?;
        let view = *account;
        let (escrow, _) = Escrow::write(account, arguments.nonce, program_id)?;
        let by_payer = address_eq(authority.address(), &escrow.payer);
        let by_coordinator = address_eq(authority.address(), &platform.coordinator);
        let by_node = address_eq(authority.address(), &escrow.node);
        require(by_payer || by_coordinator || by_node, EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Complete)?;
        let now = now_seconds()?;
        let at_once = by_payer || (by_coordinator && escrow.flags & FLAG_AUTO_RELEASE != 0);
        require(at_once || now >= escrow.challenge_until(), EscrowError::ChallengeWindowOpen)?;
        let tree = Tree { leaf_count: escrow.leaf_count, root: &escrow.root, result_hash: &escrow.result_hash };
        require(is_complete(&tree, &arguments.checkpoint_hash, siblings), EscrowError::InvalidInclusion)?;

        let (to_node, to_treasury) = escrow.shares();
        let ending = Ending { state, outcome: EscrowOutcome::Completed, fault: NodeFault::None, now };
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
