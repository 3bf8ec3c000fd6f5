use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::EscrowExtendedEvent,
    state::{escrow::Escrow, lifecycle::EscrowMove, platform::Platform},
};

/// The payer gives the job more time.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 13))]
#[codama(account(name = "payer", signer))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[repr(C)]
pub struct ExtendEscrow {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    /// Later than the present one; no further from now than a new escrow's may be.
    #[codama(type = number(i64))]
    pub deadline: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ExtendEscrow {}

impl ExtendEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, platform, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let deadline = i64::from_le_bytes(arguments.deadline);

        require_signer(payer, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        require(address_eq(payer.address(), &escrow.payer), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Extend)?;
        let now = now_seconds()?;
        require(now < escrow.deadline, EscrowError::DeadlinePassed)?;
        let remaining = deadline.checked_sub(now).ok_or(EscrowError::DeadlineOutOfRange)?;
        require(
            deadline > escrow.deadline && remaining <= platform.timeout_seconds,
            EscrowError::DeadlineOutOfRange,
        )?;

        escrow.state = state as u8;
        escrow.deadline = deadline;
        EscrowExtendedEvent {
            discriminator: EscrowExtendedEvent::DISCRIMINATOR,
            version: EscrowExtendedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
            deadline: arguments.deadline,
        }
        .emit();
        Ok(())
    }
}
