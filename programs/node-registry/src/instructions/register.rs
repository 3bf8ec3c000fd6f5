use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{is_empty, require, require_address, require_signer, require_writable},
    create::{create_account, create_vault},
    event::Event,
    layout::{initialise, Arguments, Layout},
    time::now_seconds,
    token::require_token_program,
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::RegistryError,
    event::NodeRegisteredEvent,
    state::{
        node::Node,
        pda::{NODE_SEED, STAKE_SEED},
        registry::Registry,
        status::{NodeMove, NodeStatus},
    },
};

/// Registers the node of a wallet and creates its stake vault.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 1))]
#[codama(account(name = "payer", signer, writable, docs = "Pays the rent"))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet; one node per wallet"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")]), docs = "Created here"))]
#[codama(account(name = "stakeVault", writable, default_value = pda("stakeVault", [account("node")]), docs = "Created here"))]
#[codama(account(name = "mint", docs = "The registry's mint"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct Register {
    #[codama(type = public_key)]
    pub identity: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub fingerprint: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub capabilities_hash: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for Register {}

impl Register {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, wallet, registry, account, vault, mint, token_program, _system_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(payer, RegistryError::WrongSigner)?;
        require_signer(wallet, RegistryError::WrongSigner)?;
        require_writable(account, RegistryError::NotWritable)?;
        require_writable(vault, RegistryError::NotWritable)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        let registry = Registry::read(registry, program_id)?;
        require(registry.paused == 0, RegistryError::Paused)?;
        require_address(mint, &registry.mint, RegistryError::WrongMint)?;
        let bump = require_canonical(
            account.address(),
            &[NODE_SEED, wallet.address().as_array()],
            program_id,
            RegistryError::WrongNode,
        )?;
        require(account.is_data_empty(), RegistryError::AlreadyExists)?;
        let vault_bump = require_canonical(
            vault.address(),
            &[STAKE_SEED, account.address().as_array()],
            program_id,
            RegistryError::WrongStakeVault,
        )?;
        require(!is_empty(&arguments.fingerprint), RegistryError::FieldEmpty)?;
        require(!is_empty(arguments.identity.as_array()), RegistryError::FieldEmpty)?;
        let status = NodeStatus::Empty.after(NodeMove::Register).ok_or(RegistryError::IllegalStatus)?;
        let now = now_seconds()?;
        let lock_until = now.checked_add(registry.lock_seconds).ok_or(RegistryError::Overflow)?;

        let (node_address, bump_seed, vault_bump_seed) = (*account.address(), [bump], [vault_bump]);
        let seeds = [Seed::from(NODE_SEED), Seed::from(wallet.address().as_array()), Seed::from(&bump_seed)];
        create_account(account, Node::LEN, program_id, payer, Signer::from(&seeds))?;
        let node: &mut Node = initialise(account)?;
        node.bump = bump;
        node.stake_vault_bump = vault_bump;
        node.status = status as u8;
        node.registered_at = now;
        node.lock_until = lock_until;
        node.yield_claimed_at = now;
        node.updated_at = now;
        node.wallet = *wallet.address();
        node.identity = arguments.identity;
        node.fingerprint = arguments.fingerprint;
        node.capabilities_hash = arguments.capabilities_hash;

        NodeRegisteredEvent {
            discriminator: NodeRegisteredEvent::DISCRIMINATOR,
            version: NodeRegisteredEvent::VERSION,
            node: node_address,
            wallet: *wallet.address(),
            identity: arguments.identity,
            fingerprint: arguments.fingerprint,
            lock_until: lock_until.to_le_bytes(),
        }
        .emit();

        let vault_seeds =
            [Seed::from(STAKE_SEED), Seed::from(node_address.as_array()), Seed::from(&vault_bump_seed)];
        create_vault(vault, mint, &node_address, payer, Signer::from(&vault_seeds))
    }
}
