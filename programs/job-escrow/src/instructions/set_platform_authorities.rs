use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::EscrowError, event::PlatformUpdatedEvent, state::platform::Platform};

/// Changes who coordinates and arbitrates, and where fees go.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 25))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "platform", writable, default_value = pda("platform", [])))]
#[codama(account(name = "treasury", docs = "Token account for the platform's fees"))]
#[codama(account(name = "insurance", docs = "Token account that slashed stake goes to"))]
#[repr(C)]
pub struct SetPlatformAuthorities {
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = public_key)]
    pub arbiter: Address,
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for SetPlatformAuthorities {}

impl SetPlatformAuthorities {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, treasury, insurance, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        let (platform, address) = Platform::write_as(account, admin, program_id)?;
        require(*arguments.coordinator.as_array() != [0; 32], EscrowError::ParameterOutOfRange)?;
        Platform::require_receivers(treasury, insurance, &platform.mint)?;

        platform.coordinator = arguments.coordinator;
        platform.arbiter = arguments.arbiter;
        platform.treasury = *treasury.address();
        platform.insurance = *insurance.address();
        PlatformUpdatedEvent {
            discriminator: PlatformUpdatedEvent::DISCRIMINATOR,
            version: PlatformUpdatedEvent::VERSION,
            platform: address,
        }
        .emit();
        Ok(())
    }
}
