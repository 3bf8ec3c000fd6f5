use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require},
    event::Event,
    layout::Arguments,
    token::token_account,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::RegistryError, event::RegistryUpdatedEvent, state::registry::Registry};

/// Changes who coordinates, who judges, which programs are believed, and where slashed stake goes.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 19))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "registry", writable, default_value = pda("registry", [])))]
#[codama(account(name = "insurance", docs = "A token account of the registry's mint"))]
#[repr(C)]
pub struct SetRegistryAuthorities {
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = public_key)]
    pub arbiter: Address,
    #[codama(type = public_key)]
    pub escrow_program: Address,
    #[codama(type = public_key)]
    pub reputation_program: Address,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for SetRegistryAuthorities {}

impl SetRegistryAuthorities {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, insurance, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        let named =
            [&arguments.coordinator, &arguments.arbiter, &arguments.escrow_program, &arguments.reputation_program];
        require(named.into_iter().all(|name| !is_empty(name.as_array())), RegistryError::FieldEmpty)?;
        let address = *account.address();
        let registry = Registry::write_by(account, admin, program_id)?;
        require(
            token_account(insurance).is_some_and(|token| address_eq(token.mint(), &registry.mint)),
            RegistryError::WrongTokenAccount,
        )?;

        registry.coordinator = arguments.coordinator;
        registry.arbiter = arguments.arbiter;
        registry.escrow_program = arguments.escrow_program;
        registry.reputation_program = arguments.reputation_program;
        registry.insurance = *insurance.address();
        RegistryUpdatedEvent::now(address, registry).emit();
        Ok(())
    }
}
