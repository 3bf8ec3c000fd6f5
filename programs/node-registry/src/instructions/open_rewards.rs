use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{require, require_address, require_signer, require_writable},
    create::create_vault,
    layout::Arguments,
    token::require_token_program,
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::RegistryError,
    state::{pda::REWARDS_SEED, registry::Registry},
};

/// Creates the vault that rewards are paid from, once. Anybody may do it, and anybody may fill it.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 12))]
#[codama(account(name = "payer", signer, writable, docs = "Pays the rent"))]
#[codama(account(name = "registry", writable, default_value = pda("registry", [])))]
#[codama(account(name = "rewardsVault", writable, default_value = pda("rewardsVault", []), docs = "Created here"))]
#[codama(account(name = "mint", docs = "The registry's mint"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct OpenRewards {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for OpenRewards {}

impl OpenRewards {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, account, vault, mint, token_program, _system_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(payer, RegistryError::WrongSigner)?;
        require_writable(vault, RegistryError::NotWritable)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        let registry_address = *account.address();
        let registry = Registry::write(account, program_id)?;
        require_address(mint, &registry.mint, RegistryError::WrongMint)?;
        let bump =
            require_canonical(vault.address(), &[REWARDS_SEED], program_id, RegistryError::WrongRewardsVault)?;
        require(vault.is_data_empty(), RegistryError::AlreadyExists)?;

        registry.rewards_vault_bump = bump;
        let bump_seed = [bump];
        let seeds = [Seed::from(REWARDS_SEED), Seed::from(&bump_seed)];
        create_vault(vault, mint, &registry_address, payer, Signer::from(&seeds))
    }
}
