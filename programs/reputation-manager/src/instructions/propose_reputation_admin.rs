use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{event::ReputationAdminProposedEvent, state::reputation::Reputation};

/// Names the next administrator, who has to accept. All zeros withdraws the proposal.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 4))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "reputation", writable, default_value = pda("reputation", [])))]
#[repr(C)]
pub struct ProposeReputationAdmin {
    #[codama(type = public_key)]
    pub new_admin: Address,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for ProposeReputationAdmin {}

impl ProposeReputationAdmin {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let new_admin = Self::read(data)?.new_admin;

        let address = *account.address();
        Reputation::write_by(account, admin, program_id)?.pending_admin = new_admin;
        ReputationAdminProposedEvent {
            discriminator: ReputationAdminProposedEvent::DISCRIMINATOR,
            version: ReputationAdminProposedEvent::VERSION,
            reputation: address,
            pending_admin: new_admin,
        }
        .emit();
        Ok(())
    }
}
