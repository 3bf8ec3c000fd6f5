use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments, token::token_account};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::RegistryError, event::RegistryUpdatedEvent, state::registry::Registry};

/// Changes who coordinates, who judges, which programs are believed, and where slashed stake goes. A node keeps the number
/// of its entry: another reputation program must have every node at the same place, or its tier can be synced no more.
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

        let Self { coordinator, arbiter, escrow_program, reputation_program } = arguments;
        Registry::require_named([coordinator, arbiter, escrow_program, reputation_program])?;
        let address = *account.address();
        let registry = Registry::write_by(account, admin, program_id)?;
        require(
            token_account(insurance).is_some_and(|token| address_eq(token.mint(), &registry.mint)),
            RegistryError::WrongTokenAccount,
        )?;

        registry.coordinator = *coordinator;
        registry.arbiter = *arbiter;
        registry.escrow_program = *escrow_program;
        registry.reputation_program = *reputation_program;
        registry.insurance = *insurance.address();
        RegistryUpdatedEvent::now(address, registry).emit();
        Ok(())
    }
}
