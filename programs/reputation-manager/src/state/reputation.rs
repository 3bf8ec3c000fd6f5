use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    check::{require, require_signer, require_writable},
    layout::{load, load_mut, Layout},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::error::ReputationError;

/// The program's authorities; one per deployment.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "reputation"))]
#[repr(C)]
pub struct Reputation {
    #[codama(value = 6)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    #[codama(type = fixed_size(bytes, 5))]
    pub reserved_flags: [u8; 5],
    #[codama(type = public_key)]
    pub admin: Address,
    /// Has to accept before it becomes the admin; zero if there is none.
    #[codama(type = public_key)]
    pub pending_admin: Address,
    /// Opens pages and records outcomes.
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = fixed_size(bytes, 88))]
    pub reserved: [u8; 88],
}

// SAFETY: `repr(C)`, the fields fill the size exactly, all of them bytes.
unsafe impl Layout for Reputation {
    const DISCRIMINATOR: u8 = 6;
    const VERSION: u8 = 1;
}
const _: () = assert!(Reputation::LEN == 192);

impl Reputation {
    /// Reads the account after checking owner and layout. That settles the address too: only `initialize_reputation`
    /// makes such an account, and only at the one address of `["reputation"]`.
    #[inline(always)]
    pub fn read<'a>(account: &'a AccountView, program_id: &Address) -> Result<&'a Self, ProgramError> {
        load(account, program_id, ReputationError::WrongReputation)
    }

    /// Like `read`, for writing.
    #[inline(always)]
    pub fn write<'a>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, ReputationError::NotWritable)?;
        load_mut(account, program_id, ReputationError::WrongReputation)
    }

    /// Like `write`, by `admin`, who must have signed.
    #[inline(always)]
    pub fn write_by<'a>(
        account: &'a mut AccountView,
        admin: &AccountView,
        program_id: &Address,
    ) -> Result<&'a mut Self, ProgramError> {
        require_signer(admin, ReputationError::WrongSigner)?;
        let reputation = Self::write(account, program_id)?;
        require(address_eq(admin.address(), &reputation.admin), ReputationError::WrongSigner)?;
        Ok(reputation)
    }

    /// Fails unless the coordinator signed.
    #[inline(always)]
    pub fn require_coordinator(&self, account: &AccountView) -> ProgramResult {
        require_signer(account, ReputationError::WrongSigner)?;
        require(address_eq(account.address(), &self.coordinator), ReputationError::WrongSigner)
    }
}
