//! Token accounts of the classic SPL token program (p-token), the only one accepted.

use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};
use pinocchio_token::state::{Account, Mint};

use crate::check::{is_owned_by, require, require_address};

pub use pinocchio_token::ID as TOKEN_PROGRAM;

/// The account is the classic token program: Token-2022's extensions (transfer fees, hooks, permanent delegates)
/// would let others reach into a vault.
#[inline(always)]
pub fn require_token_program<E: Into<ProgramError>>(account: &AccountView, error: E) -> ProgramResult {
    require_address(account, &TOKEN_PROGRAM, error)
}

/// The token account in `account`, or nothing if it isn't one (closed, of another program, not initialised).
/// Multisigs (355 bytes) and mints (82 bytes) are told apart by their length.
#[inline(always)]
pub fn token_account(account: &AccountView) -> Option<&Account> {
    if !is_owned_by(account, &TOKEN_PROGRAM) || account.data_len() != Account::LEN {
        return None;
    }
    // SAFETY: owner and length were just checked; the reference is read before any other program is called.
    let token = unsafe { Account::from_account_view_unchecked(account) }.ok()?;
    token.is_initialized().then_some(token)
}

/// Can tokens of `mint` be sent to this account now?
#[inline(always)]
pub fn can_receive(account: &AccountView, mint: &Address) -> bool {
    token_account(account).is_some_and(|token| address_eq(token.mint(), mint) && !token.is_frozen())
}

/// A token account of `mint` that belongs to `owner`.
#[inline(always)]
pub fn require_token_account<E: Into<ProgramError>>(
    account: &AccountView,
    mint: &Address,
    owner: &Address,
    error: E,
) -> ProgramResult {
    let is_it = token_account(account)
        .is_some_and(|token| address_eq(token.mint(), mint) && address_eq(token.owner(), owner));
    require(is_it, error)
}

/// A mint of the classic token program that nobody can freeze accounts of: a freeze authority could lock every
/// vault for ever.
#[inline(always)]
pub fn require_unfreezable_mint<E: Into<ProgramError>>(account: &AccountView, error: E) -> ProgramResult {
    let is_it = is_owned_by(account, &TOKEN_PROGRAM)
        && account.data_len() == Mint::LEN
        // SAFETY: owner and length were just checked; the reference ends with the expression.
        && unsafe { Mint::from_account_view_unchecked(account) }
            .is_ok_and(|mint| mint.is_initialized() && !mint.has_freeze_authority());
    require(is_it, error)
}
