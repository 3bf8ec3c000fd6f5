use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{require, require_signer, require_writable},
    create::create_account,
    deployer::require_deployer,
    layout::{initialise, Arguments, Layout},
    token::require_unfreezable_mint,
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::EscrowError,
    instructions::update_platform::UpdatePlatform,
    state::{pda::PLATFORM_SEED, platform::Platform},
};

/// Sets the platform's parameters, once, by the key that can upgrade the program.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 0))]
#[codama(account(name = "deployer", signer, writable, docs = "Upgrade authority of the program; pays the rent"))]
#[codama(account(name = "admin", signer, docs = "May later change the platform and pause it"))]
#[codama(account(name = "platform", writable, default_value = pda("platform", []), docs = "Created here"))]
#[codama(account(name = "mint", docs = "Mint of every escrow; without freeze authority"))]
#[codama(account(name = "treasury", docs = "Token account for the platform's fees"))]
#[codama(account(name = "insurance", docs = "Token account that slashed stake goes to"))]
#[codama(account(name = "program", docs = "This program"))]
#[codama(account(name = "programData", docs = "The loader's account with its code; need not exist"))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct InitializePlatform {
    /// Reports results and pays nodes; cannot send tokens anywhere else.
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = public_key)]
    pub arbiter: Address,
    #[codama(type = public_key)]
    pub registry_program: Address,
    #[codama(type = public_key)]
    pub reputation_program: Address,
    #[codama(type = number(u16))]
    pub fee_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub diamond_fee_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub cancel_fee_bps: [u8; 2],
    #[codama(type = number(i64))]
    pub timeout_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub minimum_timeout_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub challenge_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub evidence_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub appeal_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub arbitration_window_seconds: [u8; 8],
    #[codama(type = number(u64))]
    pub appeal_deposit: [u8; 8],
    #[codama(type = array(number(u64), 3))]
    pub stake_bounds: [[u8; 8]; 3],
    #[codama(type = array(number(u64), 4))]
    pub stake_minimums: [[u8; 8]; 4],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for InitializePlatform {}

/// The authorities come first, and then the parameters, which are those of `update_platform`.
const AUTHORITIES: usize = 4 * size_of::<Address>();
const _: () = assert!(size_of::<InitializePlatform>() == AUTHORITIES + size_of::<UpdatePlatform>());

impl InitializePlatform {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [deployer, admin, account, mint, treasury, insurance, program, program_data, _system_program, ..] =
            accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let parameters = UpdatePlatform::read(&data[AUTHORITIES..])?;

        require_signer(deployer, EscrowError::WrongSigner)?;
        require_signer(admin, EscrowError::WrongSigner)?;
        require_writable(account, EscrowError::NotWritable)?;
        require_deployer(program, program_data, deployer.address(), program_id, EscrowError::NotDeployer)?;
        let bump = require_canonical(account.address(), &[PLATFORM_SEED], program_id, EscrowError::WrongPlatform)?;
        require(account.is_data_empty(), EscrowError::AlreadyExists)?;
        require_unfreezable_mint(mint, EscrowError::WrongMint)?;
        Platform::require_receivers(treasury, insurance, mint.address())?;
        require(
            *arguments.coordinator.as_array() != [0; 32] && *arguments.registry_program.as_array() != [0; 32],
            EscrowError::ParameterOutOfRange,
        )?;

        let bump_seed = [bump];
        let seeds = [Seed::from(PLATFORM_SEED), Seed::from(&bump_seed)];
        create_account(account, Platform::LEN, program_id, deployer, Signer::from(&seeds))?;
        let platform: &mut Platform = initialise(account)?;
        platform.bump = bump;
        parameters.apply(platform)?;
        platform.admin = *admin.address();
        platform.coordinator = arguments.coordinator;
        platform.arbiter = arguments.arbiter;
        platform.mint = *mint.address();
        platform.treasury = *treasury.address();
        platform.insurance = *insurance.address();
        platform.registry_program = arguments.registry_program;
        platform.reputation_program = arguments.reputation_program;
        Ok(())
    }
}
