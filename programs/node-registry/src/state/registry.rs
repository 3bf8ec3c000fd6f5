use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    address::require_derived,
    layout::{load, Layout},
};
use pinocchio::{error::ProgramError, AccountView, Address};

use crate::{error::RegistryError, state::pda::REGISTRY_SEED};

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
    #[codama(type = fixed_size(bytes, 56))]
    pub reserved: [u8; 56],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Registry {
    const DISCRIMINATOR: u8 = 3;
    const VERSION: u8 = 1;
}
const _: () = assert!(Registry::LEN == 384 && core::mem::align_of::<Registry>() == 8);

impl Registry {
    /// Reads the registry after checking owner, layout and address.
    #[inline(always)]
    pub fn read<'a>(account: &'a AccountView, program_id: &Address) -> Result<&'a Self, ProgramError> {
        let registry: &Self = load(account, program_id, RegistryError::WrongRegistry)?;
        require_derived(
            account.address(),
            &[REGISTRY_SEED],
            registry.bump,
            program_id,
            RegistryError::WrongRegistry,
        )?;
        Ok(registry)
    }
}
