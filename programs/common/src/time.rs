use pinocchio::{
    error::ProgramError,
    sysvars::{clock::Clock, Sysvar},
};

/// The cluster's time in seconds since 1970.
#[inline(always)]
pub fn now_seconds() -> Result<i64, ProgramError> {
    Ok(Clock::get()?.unix_timestamp)
}
