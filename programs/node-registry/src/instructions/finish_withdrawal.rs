use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    time::now_seconds,
    token::{require_token_account, require_token_program},
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::RegistryError,
    event::WithdrawalFinishedEvent,
    state::{node::Node, pda::NODE_SEED, registry::Registry, status::NodeMove},
};

/// Pays out what was requested, after the cooldown that the registry had when it was requested.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 9))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[codama(account(name = "stakeVault", writable, default_value = pda("stakeVault", [account("node")])))]
#[codama(account(name = "walletToken", writable, docs = "The wallet's token account that receives"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct FinishWithdrawal {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for FinishWithdrawal {}

impl FinishWithdrawal {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, registry, account, vault, wallet_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(wallet, RegistryError::WrongSigner)?;
        require_writable(wallet_token, RegistryError::NotWritable)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        let registry = Registry::read(registry, program_id)?;
        require_token_account(wallet_token, &registry.mint, wallet.address(), RegistryError::WrongTokenAccount)?;
        let address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        node.require_stake_vault(vault, &address, program_id)?;
        let amount = node.withdrawing;
        require(amount > 0, RegistryError::NoWithdrawal)?;
        require(node.running_jobs == 0, RegistryError::JobsRunning)?;
        let due = node.withdrawable_from(registry.withdrawal_seconds);
        require(now_seconds()? >= due, RegistryError::CooldownRunning)?;

        node.withdrawing = 0;
        if node.staked == 0 {
            node.status = node.status_after(NodeMove::WithdrawAll)? as u8;
        }
        WithdrawalFinishedEvent {
            discriminator: WithdrawalFinishedEvent::DISCRIMINATOR,
            version: WithdrawalFinishedEvent::VERSION,
            status: node.status,
            node: address,
            amount: amount.to_le_bytes(),
        }
        .emit();
        let bump = [node.bump];
        let seeds = [Seed::from(NODE_SEED), Seed::from(wallet.address().as_array()), Seed::from(&bump)];
        Transfer::new(vault, wallet_token, account, amount).invoke_signed(&[Signer::from(&seeds)])
    }
}
