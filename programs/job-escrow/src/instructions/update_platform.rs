use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{error::EscrowError, event::PlatformUpdatedEvent, state::platform::Platform};

/// 10 years: far enough for any parameter, near enough that no sum of times overflows.
const LONGEST_SECONDS: i64 = 315_360_000;

/// Changes the platform's parameters, for escrows made from now on.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 24))]
#[codama(account(name = "admin", signer))]
#[codama(account(name = "platform", writable, default_value = pda("platform", [])))]
#[repr(C)]
pub struct UpdatePlatform {
    #[codama(type = number(u16))]
    pub fee_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub diamond_fee_bps: [u8; 2],
    #[codama(type = number(u16))]
    pub cancel_fee_bps: [u8; 2],
    #[codama(type = number(i64))]
    pub timeout_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub minimum_timeout_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub challenge_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub evidence_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub appeal_window_seconds: [u8; 8],
    #[codama(type = number(i64))]
    pub arbitration_window_seconds: [u8; 8],
    #[codama(type = number(u64))]
    pub appeal_deposit: [u8; 8],
    #[codama(type = array(number(u64), 3))]
    pub stake_bounds: [[u8; 8]; 3],
    #[codama(type = array(number(u64), 4))]
    pub stake_minimums: [[u8; 8]; 4],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for UpdatePlatform {}

impl UpdatePlatform {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [admin, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        let (platform, address) = Platform::write_as(account, admin, program_id)?;
        arguments.apply(platform)?;

        PlatformUpdatedEvent {
            discriminator: PlatformUpdatedEvent::DISCRIMINATOR,
            version: PlatformUpdatedEvent::VERSION,
            platform: address,
        }
        .emit();
        Ok(())
    }

    /// Writes the parameters down, if they make sense.
    pub fn apply(&self, platform: &mut Platform) -> ProgramResult {
        self.require_sane()?;
        platform.fee_bps = u16::from_le_bytes(self.fee_bps);
        platform.diamond_fee_bps = u16::from_le_bytes(self.diamond_fee_bps);
        platform.cancel_fee_bps = u16::from_le_bytes(self.cancel_fee_bps);
        platform.timeout_seconds = i64::from_le_bytes(self.timeout_seconds);
        platform.minimum_timeout_seconds = i64::from_le_bytes(self.minimum_timeout_seconds);
        platform.challenge_window_seconds = i64::from_le_bytes(self.challenge_window_seconds);
        platform.evidence_window_seconds = i64::from_le_bytes(self.evidence_window_seconds);
        platform.appeal_window_seconds = i64::from_le_bytes(self.appeal_window_seconds);
        platform.arbitration_window_seconds = i64::from_le_bytes(self.arbitration_window_seconds);
        platform.appeal_deposit = u64::from_le_bytes(self.appeal_deposit);
        platform.stake_bounds = self.stake_bounds.map(u64::from_le_bytes);
        platform.stake_minimums = self.stake_minimums.map(u64::from_le_bytes);
        Ok(())
    }

    fn require_sane(&self) -> ProgramResult {
        let [fee, diamond_fee, cancel_fee] =
            [self.fee_bps, self.diamond_fee_bps, self.cancel_fee_bps].map(u16::from_le_bytes);
        let [timeout, minimum_timeout, challenge, evidence, appeal, arbitration] = [
            self.timeout_seconds,
            self.minimum_timeout_seconds,
            self.challenge_window_seconds,
            self.evidence_window_seconds,
            self.appeal_window_seconds,
            self.arbitration_window_seconds,
        ]
        .map(i64::from_le_bytes);
        let bounds = self.stake_bounds.map(u64::from_le_bytes);
        let sane = fee <= 10_000
            && diamond_fee <= fee
            && cancel_fee <= 10_000
            && (1..=timeout).contains(&minimum_timeout)
            && timeout <= LONGEST_SECONDS
            && [challenge, evidence, appeal].iter().all(|time| (0..=LONGEST_SECONDS).contains(time))
            // Without any time to decide in, no arbiter could.
            && (1..=LONGEST_SECONDS).contains(&arbitration)
            && bounds.windows(2).all(|pair| pair[0] <= pair[1]);
        require(sane, EscrowError::ParameterOutOfRange)
    }
}
