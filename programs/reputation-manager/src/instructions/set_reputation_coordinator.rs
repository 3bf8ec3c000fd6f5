use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require},
    event::Event,
    layout::Arguments,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::ReputationError, event::ReputationCoordinatorChangedEvent, state::reputation::Reputation};

/// Changes who may open pages and record outcomes.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 6))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "reputation", writable, default_value = pda("reputation", [])))]
#[repr(C)]
pub struct SetReputationCoordinator {
    #[codama(type = public_key)]
    pub new_coordinator: Address,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for SetReputationCoordinator {}

impl SetReputationCoordinator {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let coordinator = Self::read(data)?.new_coordinator;

        require(!is_empty(coordinator.as_array()), ReputationError::FieldEmpty)?;
        let address = *account.address();
        Reputation::write_by(account, admin, program_id)?.coordinator = coordinator;
        ReputationCoordinatorChangedEvent {
            discriminator: ReputationCoordinatorChangedEvent::DISCRIMINATOR,
            version: ReputationCoordinatorChangedEvent::VERSION,
            reputation: address,
            coordinator,
        }
        .emit();
        Ok(())
    }
}
