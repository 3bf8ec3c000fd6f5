use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_derived,
    check::{require, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    time::now_seconds,
    token::{require_token_account, require_token_program, token_account},
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::RegistryError,
    event::RewardsClaimedEvent,
    state::{
        node::Node,
        pda::{REGISTRY_SEED, REWARDS_SEED},
        registry::Registry,
        status::NodeMove,
    },
};

/// Pays the yield of stake that was not slashed for long enough, as far as the vault goes.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 13))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[codama(account(name = "rewardsVault", writable, default_value = pda("rewardsVault", [])))]
#[codama(account(name = "walletToken", writable, docs = "The wallet's token account that receives"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct ClaimRewards {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for ClaimRewards {}

impl ClaimRewards {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, registry_account, account, vault, wallet_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(wallet, RegistryError::WrongSigner)?;
        require_writable(vault, RegistryError::NotWritable)?;
        require_writable(wallet_token, RegistryError::NotWritable)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        let registry = Registry::read(registry_account, program_id)?;
        require_derived(
            vault.address(),
            &[REWARDS_SEED],
            registry.rewards_vault_bump,
            program_id,
            RegistryError::WrongRewardsVault,
        )?;
        require_token_account(wallet_token, &registry.mint, wallet.address(), RegistryError::WrongTokenAccount)?;
        let available = token_account(vault).ok_or(RegistryError::WrongRewardsVault)?.amount();
        let address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        node.status_after(NodeMove::ClaimRewards)?;
        let now = now_seconds()?;
        let unslashed_since = node.registered_at.max(node.last_slashed_at);
        require(
            now.saturating_sub(unslashed_since) >= registry.yield_after_seconds,
            RegistryError::RewardsNotDue,
        )?;
        node.accrue(registry.yield_bps, now);
        let amount = node.rewards.min(available);
        require(amount > 0, RegistryError::NothingToClaim)?;

        // What the vault cannot pay now stays the node's.
        node.rewards -= amount;
        RewardsClaimedEvent {
            discriminator: RewardsClaimedEvent::DISCRIMINATOR,
            version: RewardsClaimedEvent::VERSION,
            node: address,
            amount: amount.to_le_bytes(),
            rewards: node.rewards.to_le_bytes(),
        }
        .emit();
        let bump = [registry.bump];
        let seeds = [Seed::from(REGISTRY_SEED), Seed::from(&bump)];
        Transfer::new(vault, wallet_token, registry_account, amount).invoke_signed(&[Signer::from(&seeds)])
    }
}
