use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::RegistryError, event::RegistryAdminAcceptedEvent, state::registry::Registry};

/// The administrator who was proposed takes over.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 17))]
#[codama(account(name = "newAdmin", signer))]
#[codama(account(name = "registry", writable, default_value = pda("registry", [])))]
#[repr(C)]
pub struct AcceptRegistryAdmin {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for AcceptRegistryAdmin {}

impl AcceptRegistryAdmin {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [new_admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(new_admin, RegistryError::WrongSigner)?;
        let address = *account.address();
        let registry = Registry::write(account, program_id)?;
        require(address_eq(new_admin.address(), &registry.pending_admin), RegistryError::WrongSigner)?;

        registry.admin = *new_admin.address();
        registry.pending_admin = Address::new_from_array([0; 32]);
        RegistryAdminAcceptedEvent {
            discriminator: RegistryAdminAcceptedEvent::DISCRIMINATOR,
            version: RegistryAdminAcceptedEvent::VERSION,
            registry: address,
            admin: *new_admin.address(),
        }
        .emit();
        Ok(())
    }
}
