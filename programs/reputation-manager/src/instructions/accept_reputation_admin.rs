use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::ReputationError, event::ReputationAdminAcceptedEvent, state::reputation::Reputation};

/// The administrator who was proposed takes over.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 5))]
#[codama(account(name = "newAdmin", signer))]
#[codama(account(name = "reputation", writable, default_value = pda("reputation", [])))]
#[repr(C)]
pub struct AcceptReputationAdmin {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for AcceptReputationAdmin {}

impl AcceptReputationAdmin {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [new_admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(new_admin, ReputationError::WrongSigner)?;
        let address = *account.address();
        let reputation = Reputation::write(account, program_id)?;
        require(address_eq(new_admin.address(), &reputation.pending_admin), ReputationError::WrongSigner)?;

        reputation.admin = *new_admin.address();
        reputation.pending_admin = Address::new_from_array([0; 32]);
        ReputationAdminAcceptedEvent {
            discriminator: ReputationAdminAcceptedEvent::DISCRIMINATOR,
            version: ReputationAdminAcceptedEvent::VERSION,
            reputation: address,
            admin: *new_admin.address(),
        }
        .emit();
        Ok(())
    }
}
