use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::EscrowError, event::PauseChangedEvent, state::platform::Platform};

/// Stops or allows new escrows. Nothing that leads out of an escrow reads this flag.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 1))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "platform", writable, default_value = pda("platform", [])))]
#[repr(C)]
pub struct SetPaused {
    /// 1 to pause, 0 to go on.
    pub paused: u8,
}

// SAFETY: `repr(C)`, one byte.
unsafe impl Arguments for SetPaused {}

impl SetPaused {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let paused = Self::read(data)?.paused;

        require(paused <= 1, EscrowError::ParameterOutOfRange)?;
        let (platform, address) = Platform::write_as(account, admin, program_id)?;

        platform.paused = paused;
        PauseChangedEvent {
            discriminator: PauseChangedEvent::DISCRIMINATOR,
            version: PauseChangedEvent::VERSION,
            paused,
            platform: address,
        }
        .emit();
        Ok(())
    }
}
