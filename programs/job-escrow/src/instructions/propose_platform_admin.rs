use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{event::PlatformAdminProposedEvent, state::platform::Platform};

/// Names the next admin, who then has to accept; zeros withdraw the proposal.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 22))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "platform", writable, default_value = pda("platform", [])))]
#[repr(C)]
pub struct ProposePlatformAdmin {
    #[codama(type = public_key)]
    pub new_admin: Address,
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ProposePlatformAdmin {}

impl ProposePlatformAdmin {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        let (platform, address) = Platform::write_as(account, admin, program_id)?;

        platform.pending_admin = arguments.new_admin;
        PlatformAdminProposedEvent {
            discriminator: PlatformAdminProposedEvent::DISCRIMINATOR,
            version: PlatformAdminProposedEvent::VERSION,
            platform: address,
            new_admin: arguments.new_admin,
        }
        .emit();
        Ok(())
    }
}
