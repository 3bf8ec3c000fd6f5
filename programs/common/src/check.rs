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

/// Is the account owned by this program? Compared in words: a call that compares bytes costs ten times as much.
#[inline(always)]
pub fn is_owned_by(account: &AccountView, program: &Address) -> bool {
    address_eq(&account.owner(), program)
}

/// Are two hashes the same? Compared in words.
#[inline(always)]
pub fn is_same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    words(left) == words(right)
}

/// Is the hash all zeros, which stands for none?
#[inline(always)]
pub fn is_empty(hash: &[u8; 32]) -> bool {
    let [a, b, c, d] = words(hash);
    a | b | c | d == 0
}

#[inline(always)]
fn words(hash: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(hash.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
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
