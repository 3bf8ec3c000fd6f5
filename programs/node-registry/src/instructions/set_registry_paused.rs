use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::RegistryError, event::RegistryUpdatedEvent, state::registry::Registry};

/// Stops or allows new registrations; nothing else reads this flag.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 15))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "registry", writable, default_value = pda("registry", [])))]
#[repr(C)]
pub struct SetRegistryPaused {
    /// 1 to pause, 0 to go on.
    pub paused: u8,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for SetRegistryPaused {}

impl SetRegistryPaused {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let paused = Self::read(data)?.paused;

        require(paused <= 1, RegistryError::ParameterOutOfRange)?;
        let address = *account.address();
        let registry = Registry::write_by(account, admin, program_id)?;

        registry.paused = paused;
        RegistryUpdatedEvent::now(address, registry).emit();
        Ok(())
    }
}
