use core::mem::{align_of, size_of};

use pinocchio::{error::ProgramError, AccountView, Address};

use crate::check::{is_owned_by, require};

/// An account's data as it lies in memory.
///
/// # Safety
/// The type is `repr(C)` without padding, at most 8-aligned, valid for every bit pattern, and its first two bytes
/// are the discriminator and the version.
pub unsafe trait Layout: Sized {
    const DISCRIMINATOR: u8;
    const VERSION: u8;
    const LEN: usize = size_of::<Self>();
}

/// Arguments of an instruction as they follow its number in the instruction data.
///
/// # Safety
/// The type is `repr(C)` with alignment 1 and valid for every bit pattern.
pub unsafe trait Arguments: Sized {
    /// Reads the arguments, which must fill `data` exactly.
    #[inline(always)]
    fn read(data: &[u8]) -> Result<&Self, ProgramError> {
        const { assert!(align_of::<Self>() == 1) };
        if data.len() != size_of::<Self>() {
            return Err(ProgramError::InvalidInstructionData);
        }
        // SAFETY: the length was just checked, the alignment is 1, every bit pattern is valid.
        Ok(unsafe { &*(data.as_ptr() as *const Self) })
    }

    /// Reads the arguments at the beginning of `data`, and gives whatever follows them.
    #[inline(always)]
    fn read_head(data: &[u8]) -> Result<(&Self, &[u8]), ProgramError> {
        let (head, rest) = data.split_at_checked(size_of::<Self>()).ok_or(ProgramError::InvalidInstructionData)?;
        Ok((Self::read(head)?, rest))
    }
}

#[inline(always)]
fn require_layout<T: Layout, E: Into<ProgramError>>(
    account: &AccountView,
    owner: &Address,
    error: E,
) -> Result<(), ProgramError> {
    const { assert!(align_of::<T>() <= 8) };
    let is_layout = is_owned_by(account, owner)
        && account.data_len() == T::LEN
        // SAFETY: the slice is dropped at the end of the expression, before anything can write to the account.
        && unsafe { account.borrow_unchecked() }
            .first_chunk::<2>()
            .is_some_and(|head| u16::from_le_bytes(*head) == u16::from_le_bytes([T::DISCRIMINATOR, T::VERSION]));
    require(is_layout, error)
}

/// Reads an account that belongs to the program `owner`, after checking owner, length, discriminator and version.
#[inline(always)]
pub fn load<'a, T: Layout, E: Into<ProgramError>>(
    account: &'a AccountView,
    owner: &Address,
    error: E,
) -> Result<&'a T, ProgramError> {
    require_layout::<T, E>(account, owner, error)?;
    // SAFETY: the length was just checked; the runtime aligns account data to 8 bytes; every bit pattern is valid.
    Ok(unsafe { &*(account.borrow_unchecked().as_ptr() as *const T) })
}

/// Like [`load`], for writing. The borrow must end before any other program is called.
#[inline(always)]
pub fn load_mut<'a, T: Layout, E: Into<ProgramError>>(
    account: &'a mut AccountView,
    owner: &Address,
    error: E,
) -> Result<&'a mut T, ProgramError> {
    require_layout::<T, E>(account, owner, error)?;
    // SAFETY: as in `load`; the account view is borrowed mutably for as long as the reference lives.
    Ok(unsafe { &mut *(account.borrow_unchecked_mut().as_mut_ptr() as *mut T) })
}

/// Puts discriminator and version into an account that this program has just created (its data are all zero)
/// and hands it out for the rest to be filled in.
#[inline(always)]
pub fn initialise<T: Layout>(account: &mut AccountView) -> Result<&mut T, ProgramError> {
    if account.data_len() != T::LEN {
        return Err(ProgramError::InvalidAccountData);
    }
    // SAFETY: the slice ends with this statement; nothing else holds the account's data.
    let data = unsafe { account.borrow_unchecked_mut() };
    data[0] = T::DISCRIMINATOR;
    data[1] = T::VERSION;
    // SAFETY: length checked above; the runtime aligns account data to 8 bytes; every bit pattern is valid.
    Ok(unsafe { &mut *(data.as_mut_ptr() as *mut T) })
}
