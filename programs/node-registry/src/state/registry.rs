use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    check::{is_empty, is_owned_by, require, require_signer, require_writable},
    layout::{load, load_mut, Layout},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address};

use crate::error::RegistryError;

/// The first byte of job-escrow's platform account.
const PLATFORM_DISCRIMINATOR: u8 = 1;

/// The registry's parameters and authorities; one per deployment.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "registry"))]
#[repr(C)]
pub struct Registry {
    #[codama(value = 3)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    /// Stops new registrations, and nothing else.
    pub paused: u8,
    /// What a node loses for a job that timed out.
    pub slash_timeout_bps: u16,
    /// … for an invalid proof.
    pub slash_invalid_proof_bps: u16,
    /// … for three failures within the window.
    pub slash_failures_bps: u16,
    /// … for a dispute lost, which also bans it.
    pub slash_dispute_bps: u16,
    /// Share of what is slashed that goes to the insurance account; the rest is burned.
    pub insurance_bps: u16,
    /// Share of what a lost dispute slashes that goes to the payer first.
    pub dispute_payer_bps: u16,
    /// Yearly yield of stake that was not slashed for `yield_after_seconds`.
    pub yield_bps: u16,
    #[codama(type = fixed_size(bytes, 6))]
    pub reserved_rates: [u8; 6],
    /// Stake is locked this long from registration.
    pub lock_seconds: i64,
    /// … and this much longer for each running job.
    pub job_lock_seconds: i64,
    /// Between the request to withdraw stake and its return.
    pub withdrawal_seconds: i64,
    pub suspension_seconds: i64,
    pub failure_window_seconds: i64,
    pub yield_after_seconds: i64,
    #[codama(type = public_key)]
    pub admin: Address,
    /// Has to accept before it becomes the admin; zero if there is none.
    #[codama(type = public_key)]
    pub pending_admin: Address,
    /// Named for whoever asks; no instruction of this program wants its signature.
    #[codama(type = public_key)]
    pub coordinator: Address,
    #[codama(type = public_key)]
    pub arbiter: Address,
    #[codama(type = public_key)]
    pub mint: Address,
    /// Token account for what is slashed.
    #[codama(type = public_key)]
    pub insurance: Address,
    #[codama(type = public_key)]
    pub escrow_program: Address,
    #[codama(type = public_key)]
    pub reputation_program: Address,
    pub rewards_vault_bump: u8,
    #[codama(type = fixed_size(bytes, 55))]
    pub reserved: [u8; 55],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Registry {
    const DISCRIMINATOR: u8 = 3;
    const VERSION: u8 = 1;
}
const _: () = assert!(Registry::LEN == 384 && core::mem::align_of::<Registry>() == 8);

impl Registry {
    /// Reads the registry after checking owner and layout. That settles the address too: only `initialize_registry`
    /// makes such an account, and only at the one address of `["registry"]`.
    #[inline(always)]
    pub fn read<'a>(account: &'a AccountView, program_id: &Address) -> Result<&'a Self, ProgramError> {
        load(account, program_id, RegistryError::WrongRegistry)
    }

    /// The registry, for writing, by `admin`, who must have signed.
    #[inline(always)]
    pub fn write_by<'a>(
        account: &'a mut AccountView,
        admin: &AccountView,
        program_id: &Address,
    ) -> Result<&'a mut Self, ProgramError> {
        require_signer(admin, RegistryError::WrongSigner)?;
        let registry = Self::write(account, program_id)?;
        require(address_eq(admin.address(), &registry.admin), RegistryError::WrongSigner)?;
        Ok(registry)
    }

    /// Like `read`, for writing.
    #[inline(always)]
    pub fn write<'a>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, RegistryError::NotWritable)?;
        load_mut(account, program_id, RegistryError::WrongRegistry)
    }

    /// Fails unless all of these are somebody. As the escrow program, an address of zeros (the system program's) would let
    /// anybody in: keys sign for accounts that it owns, and a nonce account begins like the platform's.
    #[inline(always)]
    pub fn require_named(authorities: [&Address; 4]) -> Result<(), ProgramError> {
        require(authorities.into_iter().all(|name| !is_empty(name.as_array())), RegistryError::FieldEmpty)
    }

    /// Fails unless job-escrow called this program: its platform account signed, which only that program can do. The
    /// discriminator keeps its escrow accounts out, which sign for their own vaults.
    #[inline(always)]
    pub fn require_escrow_program(&self, authority: &AccountView) -> Result<(), ProgramError> {
        require_signer(authority, RegistryError::WrongSigner)?;
        require(is_owned_by(authority, &self.escrow_program), RegistryError::WrongSigner)?;
        // SAFETY: the slice ends with the expression.
        let discriminator = unsafe { authority.borrow_unchecked() }.first().copied();
        require(discriminator == Some(PLATFORM_DISCRIMINATOR), RegistryError::WrongSigner)
    }
}
