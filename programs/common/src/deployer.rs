//! Who may initialise a program: the key that can upgrade it. Otherwise anybody could be first, and install
//! themselves as its administrator.

use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::check::require;

/// The loader of upgradeable programs (BPFLoaderUpgradeab1e11111111111111111111111).
const UPGRADEABLE_LOADER: Address = Address::new_from_array([
    2, 168, 246, 145, 78, 136, 161, 176, 226, 16, 21, 62, 247, 99, 174, 43, 0, 194, 185, 61, 22, 193, 36, 210, 192,
    83, 122, 16, 4, 128, 0, 0,
]);

const PROGRAM_TAG: [u8; 4] = 2u32.to_le_bytes();
const PROGRAM_DATA_TAG: [u8; 4] = 3u32.to_le_bytes();
/// Tag, slot of deployment, then `Option<Address>`.
const AUTHORITY_OFFSET: usize = 12;

/// Fails if this program can be upgraded and `deployer` is not the key that may. A program without such a key
/// (immutable, or of a loader without upgrades, as on a local cluster) may be initialised by whoever comes first.
pub fn require_deployer<E: Into<ProgramError> + Copy>(
    program: &AccountView,
    program_data: &AccountView,
    deployer: &Address,
    program_id: &Address,
    error: E,
) -> ProgramResult {
    require(address_eq(program.address(), program_id), error)?;
    if !program.owned_by(&UPGRADEABLE_LOADER) {
        return Ok(());
    }
    // SAFETY: nothing writes to either account in this instruction.
    let (program, data) = unsafe { (program.borrow_unchecked(), program_data.borrow_unchecked()) };
    require(program.len() >= 36 && program[..4] == PROGRAM_TAG, error)?;
    require(program[4..36] == *program_data.address().as_array(), error)?;
    require(program_data.owned_by(&UPGRADEABLE_LOADER), error)?;
    require(data.len() >= AUTHORITY_OFFSET + 33 && data[..4] == PROGRAM_DATA_TAG, error)?;
    let (has_authority, authority) = (data[AUTHORITY_OFFSET], &data[AUTHORITY_OFFSET + 1..AUTHORITY_OFFSET + 33]);
    require(has_authority == 0 || authority == deployer.as_array(), error)
}
