use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{is_empty, require, require_signer, require_writable},
    create::create_account,
    deployer::require_deployer,
    layout::{initialise, Arguments, Layout},
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::ReputationError,
    state::{pda::REPUTATION_SEED, reputation::Reputation},
};

/// Sets up the program's authorities, once, by the key that can upgrade the program.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 0))]
#[codama(account(name = "deployer", signer, writable, docs = "Upgrade authority of the program; pays the rent"))]
#[codama(account(name = "admin", signer, docs = "May later name another coordinator"))]
#[codama(account(name = "reputation", writable, default_value = pda("reputation", []), docs = "Created here"))]
#[codama(account(name = "program", docs = "This program"))]
#[codama(account(name = "programData", docs = "The loader's account with its code; need not exist"))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct InitializeReputation {
    #[codama(type = public_key)]
    pub coordinator: Address,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for InitializeReputation {}

impl InitializeReputation {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [deployer, admin, account, program, program_data, _system_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(deployer, ReputationError::WrongSigner)?;
        require_signer(admin, ReputationError::WrongSigner)?;
        require_writable(account, ReputationError::NotWritable)?;
        require_deployer(program, program_data, deployer.address(), program_id, ReputationError::NotDeployer)?;
        let bump = require_canonical(
            account.address(),
            &[REPUTATION_SEED],
            program_id,
            ReputationError::WrongReputation,
        )?;
        require(account.is_data_empty(), ReputationError::AlreadyExists)?;
        require(!is_empty(arguments.coordinator.as_array()), ReputationError::FieldEmpty)?;

        let bump_seed = [bump];
        let seeds = [Seed::from(REPUTATION_SEED), Seed::from(&bump_seed)];
        create_account(account, Reputation::LEN, program_id, deployer, Signer::from(&seeds))?;
        let reputation: &mut Reputation = initialise(account)?;
        reputation.bump = bump;
        reputation.admin = *admin.address();
        reputation.coordinator = arguments.coordinator;
        Ok(())
    }
}
