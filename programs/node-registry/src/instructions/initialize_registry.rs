use core::mem::size_of;

use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{require, require_signer, require_writable},
    create::create_account,
    deployer::require_deployer,
    layout::{initialise, Arguments, Layout},
    token::{require_unfreezable_mint, token_account},
};
use pinocchio::{
    address::address_eq,
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::RegistryError,
    instructions::update_registry::UpdateRegistry,
    state::{pda::REGISTRY_SEED, registry::Registry},
};

/// The mint of wrapped SOL (So11111111111111111111111111111111111111112), which nobody can burn: every slash would fail,
/// and with it the report that ends a job.
const NATIVE_MINT: Address = Address::new_from_array([
    6, 155, 136, 87, 254, 171, 129, 132, 251, 104, 127, 99, 70, 24, 192, 53, 218, 196, 57, 220, 26, 235, 59, 85, 152,
    160, 240, 0, 0, 0, 0, 1,
]);

/// Sets the registry's parameters, once, by the key that can upgrade the program.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 0))]
#[codama(account(name = "deployer", signer, writable, docs = "Upgrade authority of the program; pays the rent"))]
#[codama(account(name = "admin", signer, docs = "May later change the registry"))]
#[codama(account(name = "registry", writable, default_value = pda("registry", []), docs = "Created here"))]
#[codama(account(name = "mint", docs = "Mint of every stake; without freeze authority, and not the one of wrapped SOL"))]
#[codama(account(name = "insurance", docs = "Token account that slashed stake will go to"))]
#[codama(account(name = "program", docs = "This program"))]
#[codama(account(name = "programData", docs = "The loader's account with its code; need not exist"))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct InitializeRegistry {
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = public_key)]
    pub arbiter: Address,
    #[codama(type = public_key)]
    pub escrow_program: Address,
    #[codama(type = public_key)]
    pub reputation_program: Address,
    #[codama(type = number(i64))]
    pub lock_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub job_lock_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub withdrawal_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub suspension_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub failure_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub yield_after_seconds: [u8; 8],
    #[codama(type = number(u16))]
    pub slash_timeout_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_invalid_proof_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_failures_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_dispute_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub insurance_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub dispute_payer_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub yield_bps: [u8; 2],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for InitializeRegistry {}

/// The addresses come first; what follows are the arguments of `update_registry`.
const AUTHORITIES: usize = 4 * size_of::<Address>();
const _: () = assert!(size_of::<InitializeRegistry>() == AUTHORITIES + size_of::<UpdateRegistry>());

impl InitializeRegistry {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [deployer, admin, account, mint, insurance, program, program_data, _system_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let parameters = UpdateRegistry::read(data.get(AUTHORITIES..).unwrap_or_default())?;

        require_signer(deployer, RegistryError::WrongSigner)?;
        require_signer(admin, RegistryError::WrongSigner)?;
        require_writable(account, RegistryError::NotWritable)?;
        require_deployer(program, program_data, deployer.address(), program_id, RegistryError::NotDeployer)?;
        let bump =
            require_canonical(account.address(), &[REGISTRY_SEED], program_id, RegistryError::WrongRegistry)?;
        require(account.is_data_empty(), RegistryError::AlreadyExists)?;
        let InitializeRegistry { coordinator, arbiter, escrow_program, reputation_program, .. } = arguments;
        Registry::require_named([coordinator, arbiter, escrow_program, reputation_program])?;
        require_unfreezable_mint(mint, RegistryError::WrongMint)?;
        require(!address_eq(mint.address(), &NATIVE_MINT), RegistryError::WrongMint)?;
        require(
            token_account(insurance).is_some_and(|token| token.mint() == mint.address()),
            RegistryError::WrongTokenAccount,
        )?;
        parameters.require_sane()?;

        let bump_seed = [bump];
        let seeds = [Seed::from(REGISTRY_SEED), Seed::from(&bump_seed)];
        create_account(account, Registry::LEN, program_id, deployer, Signer::from(&seeds))?;
        let registry: &mut Registry = initialise(account)?;
        registry.bump = bump;
        parameters.write_to(registry);
        registry.admin = *admin.address();
        registry.coordinator = *coordinator;
        registry.arbiter = *arbiter;
        registry.mint = *mint.address();
        registry.insurance = *insurance.address();
        registry.escrow_program = *escrow_program;
        registry.reputation_program = *reputation_program;
        Ok(())
    }
}
