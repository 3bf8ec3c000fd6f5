use pinocchio::{address::address_eq, error::ProgramError, Address, ProgramResult};

use crate::check::require;

/// Fails unless `address` is the program address of `seeds` with the bump that was stored when it was created.
/// One hash instead of the search for a bump, which costs ten times as much.
#[inline(always)]
pub fn require_derived<const N: usize, E: Into<ProgramError>>(
    address: &Address,
    seeds: &[&[u8]; N],
    bump: u8,
    program_id: &Address,
    error: E,
) -> ProgramResult {
    let derived = Address::derive_address(seeds, Some(bump), program_id);
    require(address_eq(address, &derived), error)
}

/// Finds the canonical bump of `seeds`; fails unless it leads to `address`.
#[inline(always)]
pub fn require_canonical<const N: usize, E: Into<ProgramError>>(
    address: &Address,
    seeds: &[&[u8]; N],
    program_id: &Address,
    error: E,
) -> Result<u8, ProgramError> {
    match Address::derive_program_address(seeds, program_id) {
        Some((derived, bump)) if address_eq(address, &derived) => Ok(bump),
        _ => Err(error.into()),
    }
}
