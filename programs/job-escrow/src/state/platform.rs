use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    check::{require, require_signer, require_writable},
    layout::{load, load_mut, Layout},
    token::token_account,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::error::EscrowError;

/// The platform's parameters and authorities; one per deployment.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "platform"))]
#[repr(C)]
pub struct Platform {
    #[codama(value = 1)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    /// 1 stops new escrows; it never stops a way out.
    pub paused: u8,
    pub fee_bps: u16,
    /// Fee for jobs of a diamond node.
    pub diamond_fee_bps: u16,
    /// What the payer forfeits to the node of the part not done, when cancelling a running job.
    pub cancel_fee_bps: u16,
    #[codama(type = fixed_size(bytes, 6))]
    pub reserved_rates: [u8; 6],
    /// The furthest deadline a new escrow may have.
    pub timeout_seconds: i64,
    /// The nearest deadline a new escrow may have.
    pub minimum_timeout_seconds: i64,
    pub challenge_window_seconds: i64,
    pub evidence_window_seconds: i64,
    pub appeal_window_seconds: i64,
    pub appeal_deposit: u64,
    /// Jobs below `stake_bounds[i]` need `stake_minimums[i]`; from the last bound on, the last minimum.
    pub stake_bounds: [u64; 3],
    pub stake_minimums: [u64; 4],
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
    /// Token account for the platform's fees.
    #[codama(type = public_key)]
    pub treasury: Address,
    /// Token account that slashed stake goes to.
    #[codama(type = public_key)]
    pub insurance: Address,
    #[codama(type = public_key)]
    pub registry_program: Address,
    #[codama(type = public_key)]
    pub reputation_program: Address,
    /// After the evidence window: the arbiter's time to decide.
    pub arbitration_window_seconds: i64,
    #[codama(type = fixed_size(bytes, 96))]
    pub reserved: [u8; 96],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Platform {
    const DISCRIMINATOR: u8 = 1;
    const VERSION: u8 = 2;
}
const _: () = assert!(Platform::LEN == 512 && core::mem::align_of::<Platform>() == 8);

impl Platform {
    /// Reads the platform after checking owner and layout. That settles the address too: an account of this program
    /// with this discriminator is made by `initialize_platform` only, and only at the one address of `["platform"]`.
    /// (Hashing that address again would cost a fifth of what anchoring a root may.)
    #[inline(always)]
    pub fn read<'a>(account: &'a AccountView, program_id: &Address) -> Result<&'a Self, ProgramError> {
        load(account, program_id, EscrowError::WrongPlatform)
    }

    /// Like `read`, for writing.
    #[inline(always)]
    pub fn write<'a>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, EscrowError::NotWritable)?;
        load_mut(account, program_id, EscrowError::WrongPlatform)
    }

    /// The platform, for its admin to change; also gives its address.
    #[inline(always)]
    pub fn write_as<'a>(
        account: &'a mut AccountView,
        admin: &AccountView,
        program_id: &Address,
    ) -> Result<(&'a mut Self, Address), ProgramError> {
        require_signer(admin, EscrowError::WrongSigner)?;
        let address = *account.address();
        let platform = Self::write(account, program_id)?;
        require(address_eq(admin.address(), &platform.admin), EscrowError::WrongSigner)?;
        Ok((platform, address))
    }

    /// Fails unless fees and slashed stake would go to token accounts of the platform's mint.
    pub fn require_receivers(treasury: &AccountView, insurance: &AccountView, mint: &Address) -> ProgramResult {
        for account in [treasury, insurance] {
            let is_one = token_account(account).is_some_and(|token| address_eq(token.mint(), mint));
            require(is_one, EscrowError::WrongTreasury)?;
        }
        Ok(())
    }

    /// The stake a node needs for a job of this amount.
    #[inline(always)]
    pub fn minimum_stake(&self, amount: u64) -> u64 {
        let [first, second, third] = self.stake_bounds;
        let [bronze, silver, gold, largest] = self.stake_minimums;
        if amount < first {
            bronze
        } else if amount < second {
            silver
        } else if amount < third {
            gold
        } else {
            largest
        }
    }
}
