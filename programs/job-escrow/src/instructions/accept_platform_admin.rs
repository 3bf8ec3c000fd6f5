use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::EscrowError, event::PlatformAdminAcceptedEvent, state::platform::Platform};

/// The proposed admin takes over.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 23))]
#[codama(account(name = "newAdmin", signer))]
#[codama(account(name = "platform", writable, default_value = pda("platform", [])))]
#[repr(C)]
pub struct AcceptPlatformAdmin {}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for AcceptPlatformAdmin {}

impl AcceptPlatformAdmin {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [new_admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(new_admin, EscrowError::WrongSigner)?;
        let address = *account.address();
        let platform = Platform::write(account, program_id)?;
        // Zeros, which stand for nobody, are the system program's address; that never signs.
        require(address_eq(new_admin.address(), &platform.pending_admin), EscrowError::WrongSigner)?;

        platform.admin = platform.pending_admin;
        platform.pending_admin = Address::new_from_array([0; 32]);
        PlatformAdminAcceptedEvent {
            discriminator: PlatformAdminAcceptedEvent::DISCRIMINATOR,
            version: PlatformAdminAcceptedEvent::VERSION,
            platform: address,
            admin: platform.admin,
        }
        .emit();
        Ok(())
    }
}
