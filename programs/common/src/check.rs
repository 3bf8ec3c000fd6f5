use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

/// Fails with `error` unless `condition` holds.
#[inline(always)]
pub fn require<E: Into<ProgramError>>(condition: bool, error: E) -> ProgramResult {
    if condition {
        Ok(())
    } else {
        Err(error.into())
    }
}

#[inline(always)]
pub fn require_signer<E: Into<ProgramError>>(account: &AccountView, error: E) -> ProgramResult {
    require(account.is_signer(), error)
}

#[inline(always)]
pub fn require_writable<E: Into<ProgramError>>(account: &AccountView, error: E) -> ProgramResult {
    require(account.is_writable(), error)
}

#[inline(always)]
pub fn require_address<E: Into<ProgramError>>(
    account: &AccountView,
    address: &Address,
    error: E,
) -> ProgramResult {
    require(address_eq(account.address(), address), error)
}
