use pinocchio::{cpi::Signer, AccountView, Address, ProgramResult};
use pinocchio_token::{instructions::InitializeAccount3, state::Account};

use crate::token::TOKEN_PROGRAM;

/// Creates the account at a program address. Lamports that somebody sent there beforehand do not stand in the way.
#[inline(always)]
pub fn create_account(
    account: &mut AccountView,
    length: usize,
    owner: &Address,
    payer: &AccountView,
    signer: Signer,
) -> ProgramResult {
    pinocchio_system::create_account_with_minimum_balance_signed(account, length, owner, payer, None, &[signer])
}

/// Creates a vault: a token account at a program address whose tokens only `authority` can move.
#[inline(always)]
pub fn create_vault(
    vault: &mut AccountView,
    mint: &AccountView,
    authority: &Address,
    payer: &AccountView,
    signer: Signer,
) -> ProgramResult {
    create_account(vault, Account::LEN, &TOKEN_PROGRAM, payer, signer)?;
    InitializeAccount3::new(vault, mint, authority).invoke()
}
