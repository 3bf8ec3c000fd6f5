use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::RegistryError, event::RegistryUpdatedEvent, state::registry::Registry};

/// Changes the parameters. Locks and requests made before keep their times; how much longer a lock is for each job that
/// runs, what a fault costs, and what stake has yielded since that was last added up, go by the parameters of the moment.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 18))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "registry", writable, default_value = pda("registry", [])))]
#[repr(C)]
pub struct UpdateRegistry {
    #[codama(type = number(i64))]
    pub lock_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub job_lock_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub withdrawal_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub suspension_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub failure_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub yield_after_seconds: [u8; 8],
    #[codama(type = number(u16))]
    pub slash_timeout_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_invalid_proof_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_failures_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub slash_dispute_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub insurance_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub dispute_payer_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub yield_bps: [u8; 2],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for UpdateRegistry {}

impl UpdateRegistry {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let parameters = Self::read(data)?;

        parameters.require_sane()?;
        let address = *account.address();
        let registry = Registry::write_by(account, admin, program_id)?;

        parameters.write_to(registry);
        RegistryUpdatedEvent::now(address, registry).emit();
        Ok(())
    }

    /// Sets the registry's parameters to these.
    pub fn write_to(&self, registry: &mut Registry) {
        registry.slash_timeout_bps = u16::from_le_bytes(self.slash_timeout_bps);
        registry.slash_invalid_proof_bps = u16::from_le_bytes(self.slash_invalid_proof_bps);
        registry.slash_failures_bps = u16::from_le_bytes(self.slash_failures_bps);
        registry.slash_dispute_bps = u16::from_le_bytes(self.slash_dispute_bps);
        registry.insurance_bps = u16::from_le_bytes(self.insurance_bps);
        registry.dispute_payer_bps = u16::from_le_bytes(self.dispute_payer_bps);
        registry.yield_bps = u16::from_le_bytes(self.yield_bps);
        registry.lock_seconds = i64::from_le_bytes(self.lock_seconds);
        registry.job_lock_seconds = i64::from_le_bytes(self.job_lock_seconds);
        registry.withdrawal_seconds = i64::from_le_bytes(self.withdrawal_seconds);
        registry.suspension_seconds = i64::from_le_bytes(self.suspension_seconds);
        registry.failure_window_seconds = i64::from_le_bytes(self.failure_window_seconds);
        registry.yield_after_seconds = i64::from_le_bytes(self.yield_after_seconds);
    }

    /// Shares of at most one whole; times from 0 to 10 years, so that no later sum can overflow.
    pub fn require_sane(&self) -> ProgramResult {
        let shares = [
            self.slash_timeout_bps,
            self.slash_invalid_proof_bps,
            self.slash_failures_bps,
            self.slash_dispute_bps,
            self.insurance_bps,
            self.dispute_payer_bps,
            self.yield_bps,
        ];
        let times = [
            self.lock_seconds,
            self.job_lock_seconds,
            self.withdrawal_seconds,
            self.suspension_seconds,
            self.failure_window_seconds,
            self.yield_after_seconds,
        ];
        let sane = shares.into_iter().all(|share| u16::from_le_bytes(share) <= 10_000)
            && times.into_iter().all(|time| (0..=315_360_000).contains(&i64::from_le_bytes(time)));
        require(sane, RegistryError::ParameterOutOfRange)
    }
}
