//! The only code that takes a node's stake from it.

use core::mem::MaybeUninit;

use cyxwiz_program_common::{
    amount::share,
    check::{require_address, require_writable},
    event::Event,
    time::now_seconds,
    token::can_receive,
};
use pinocchio::{
    cpi::{CpiAccount, Seed, Signer},
    instruction::InstructionAccount,
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::{Batch, Burn, IntoBatch, Transfer};

use crate::{
    error::RegistryError,
    event::NodeSlashedEvent,
    state::{
        node::Node,
        pda::NODE_SEED,
        registry::Registry,
        slash_reason::SlashReason,
        slash_shares::{SlashRules, SlashShares},
        status::{NodeMove, NodeStatus},
    },
};

/// What a node is slashed for.
pub struct Cause<'a> {
    pub reason: SlashReason,
    pub escrow: &'a Address,
    pub nonce: u64,
    pub evidence: &'a [u8; 32],
}

/// The accounts of a slash. Without a payer there is nobody to have lost a job.
pub struct SlashAccounts<'a> {
    pub node: &'a mut AccountView,
    pub stake_vault: &'a AccountView,
    pub insurance: &'a AccountView,
    pub mint: &'a AccountView,
    pub payer_token: Option<&'a AccountView>,
}

/// Slashes a node for a cause that the caller has checked. The token program is called at the end.
#[inline(always)]
pub fn slash(accounts: SlashAccounts, registry: &Registry, cause: &Cause, program_id: &Address) -> ProgramResult {
    let SlashAccounts { node: account, stake_vault, insurance, mint, payer_token } = accounts;
    require_writable(insurance, RegistryError::NotWritable)?;
    require_address(insurance, &registry.insurance, RegistryError::WrongInsurance)?;
    require_writable(mint, RegistryError::NotWritable)?;
    require_address(mint, &registry.mint, RegistryError::WrongMint)?;
    if let Some(payer_token) = payer_token {
        require_writable(payer_token, RegistryError::NotWritable)?;
    }
    let node_address = *account.address();
    let node = Node::write(account, program_id)?;
    node.require_stake_vault(stake_vault, &node_address, program_id)?;
    let now = now_seconds()?;

    let amount = take_from(node, registry, cause, now)?;
    let shares = SlashShares::of(
        amount,
        SlashRules {
            payer_bps: match (cause.reason, payer_token) {
                (SlashReason::DisputeLost, Some(_)) => registry.dispute_payer_bps,
                _ => 0,
            },
            insurance_bps: registry.insurance_bps,
            payer_can_receive: payer_token.is_some_and(|payer_token| can_receive(payer_token, &registry.mint)),
            insurance_can_receive: can_receive(insurance, &registry.mint),
        },
    );
    NodeSlashedEvent {
        discriminator: NodeSlashedEvent::DISCRIMINATOR,
        version: NodeSlashedEvent::VERSION,
        reason: cause.reason as u8,
        status: node.status,
        node: node_address,
        escrow: *cause.escrow,
        nonce: cause.nonce.to_le_bytes(),
        amount: amount.to_le_bytes(),
        to_payer: shares.to_payer.to_le_bytes(),
        to_insurance: shares.to_insurance.to_le_bytes(),
        burned: shares.burned.to_le_bytes(),
        evidence: *cause.evidence,
    }
    .emit();
    let (wallet, bump) = (node.wallet, [node.bump]);
    let seeds = [Seed::from(NODE_SEED), Seed::from(wallet.as_array()), Seed::from(&bump)];
    let parties =
        Parties { vault: stake_vault, node: account, payer: payer_token.unwrap_or(insurance), insurance, mint };
    parties.pay(shares, Signer::from(&seeds))
}

/// Writes the slash into the node and says how much it is.
#[inline(always)]
fn take_from(
    node: &mut Node,
    registry: &Registry,
    cause: &Cause,
    now: i64,
) -> Result<u64, pinocchio::error::ProgramError> {
    let bps = match cause.reason {
        SlashReason::DisputeLost => {
            node.status = node.status_after(NodeMove::Ban)? as u8;
            registry.slash_dispute_bps
        }
        reason => {
            let usual = match reason {
                SlashReason::InvalidProof => registry.slash_invalid_proof_bps,
                _ => registry.slash_timeout_bps,
            };
            // A banned node cannot be suspended, and the slash that banned it would pass for a failure in the count.
            if node.status() != NodeStatus::Banned && node.count_failure(now, registry.failure_window_seconds) {
                node.status = node.status_after(NodeMove::Suspend)? as u8;
                // A suspension under shorter rules ends none that runs already.
                node.suspended_until = node.suspended_until.max(now.saturating_add(registry.suspension_seconds));
                usual.max(registry.slash_failures_bps)
            } else {
                usual
            }
        }
    };
    let amount = share(node.staked.saturating_add(node.withdrawing), bps);
    let from_staked = amount.min(node.staked);
    node.staked -= from_staked;
    node.withdrawing = node.withdrawing.saturating_sub(amount - from_staked);
    node.slashed_total = node.slashed_total.saturating_add(amount);
    node.last_slashed_at = now;
    node.slash_evidence = *cause.evidence;
    node.slash_escrow = *cause.escrow;
    node.slash_nonce = cause.nonce;
    // The yield is for stake that was not slashed: it starts anew.
    node.rewards = 0;
    node.yield_claimed_at = now;
    Ok(amount)
}

struct Parties<'a> {
    vault: &'a AccountView,
    node: &'a AccountView,
    payer: &'a AccountView,
    insurance: &'a AccountView,
    mint: &'a AccountView,
}

const PARTS: usize = 3;
const ACCOUNTS: usize = 3 * PARTS;
const DATA: usize = Batch::header_data_len(PARTS) + 9 * PARTS;

impl Parties<'_> {
    /// Two transfers and a burn in one call of the token program; amounts of zero are left out.
    #[inline(always)]
    fn pay(&self, shares: SlashShares, signer: Signer) -> ProgramResult {
        let mut data = [const { MaybeUninit::<u8>::uninit() }; DATA];
        let mut metas = [const { MaybeUninit::<InstructionAccount>::uninit() }; ACCOUNTS];
        let mut accounts = [const { MaybeUninit::<CpiAccount>::uninit() }; ACCOUNTS];
        let mut batch = Batch::new(&mut data, &mut metas, &mut accounts)?;
        for (destination, amount) in [(self.payer, shares.to_payer), (self.insurance, shares.to_insurance)] {
            if amount > 0 {
                Transfer::new(self.vault, destination, self.node, amount).into_batch(&mut batch)?;
            }
        }
        if shares.burned > 0 {
            Burn::new(self.vault, self.mint, self.node, shares.burned).into_batch(&mut batch)?;
        } else if shares.to_payer == 0 && shares.to_insurance == 0 {
            return Ok(());
        }
        // SAFETY: no account's data are borrowed here: what the caller needs of them it has copied.
        unsafe { batch.invoke_signed_unchecked(&[signer]) }
    }
}
