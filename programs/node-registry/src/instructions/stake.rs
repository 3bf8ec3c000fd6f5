use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    time::now_seconds,
    token::{require_token_account, require_token_program},
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::RegistryError,
    event::NodeStakedEvent,
    state::{node::Node, registry::Registry, status::NodeMove},
};

/// Adds to a node's stake. What is staked stays until `lock_until` at least; a node that had taken all of it out is
/// active again, and locked anew.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 2))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "walletToken", writable, docs = "The wallet's token account that pays"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[codama(account(name = "stakeVault", writable, default_value = pda("stakeVault", [account("node")])))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct Stake {
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for Stake {}

impl Stake {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, wallet_token, registry, account, vault, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let amount = u64::from_le_bytes(Self::read(data)?.amount);

        require_signer(wallet, RegistryError::WrongSigner)?;
        require_writable(wallet_token, RegistryError::NotWritable)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        require(amount > 0, RegistryError::AmountZero)?;
        let registry = Registry::read(registry, program_id)?;
        require_token_account(wallet_token, &registry.mint, wallet.address(), RegistryError::WrongTokenAccount)?;
        let node_address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        node.require_stake_vault(vault, &node_address, program_id)?;
        let status = node.status_after(NodeMove::Stake)?;
        let staked = node.staked.checked_add(amount).ok_or(RegistryError::Overflow)?;
        let now = now_seconds()?;

        node.accrue(registry.yield_bps, now);
        if node.has_left() {
            // Starting again is like registering: the stake is locked anew.
            node.lock_until = now.saturating_add(registry.lock_seconds);
        }
        node.status = status as u8;
        node.staked = staked;
        NodeStakedEvent {
            discriminator: NodeStakedEvent::DISCRIMINATOR,
            version: NodeStakedEvent::VERSION,
            node: node_address,
            amount: amount.to_le_bytes(),
            staked: staked.to_le_bytes(),
        }
        .emit();
        Transfer::new(wallet_token, vault, wallet, amount).invoke()
    }
}
