use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    address::require_derived,
    check::{require, require_writable},
    layout::{load, load_mut, Layout},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address};

use crate::{
    error::RegistryError,
    state::{
        pda::STAKE_SEED,
        status::{NodeMove, NodeStatus},
    },
};

/// A node: its wallet, its identity and what it has at stake. One per wallet.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "node"))]
#[codama(seed(name = "wallet", type = public_key))]
#[repr(C)]
pub struct Node {
    #[codama(value = 4)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    pub stake_vault_bump: u8,
    #[codama(type = link("nodeStatus"))]
    pub status: u8,
    /// 0 bronze, 1 silver, 2 gold, 3 diamond: a copy of what reputation-manager says.
    pub tier: u8,
    /// Failures since `window_started_at`.
    pub failures: u8,
    pub reserved_flags: u8,
    /// Base units in the vault that answer for the node's jobs.
    pub staked: u64,
    /// Base units on their way out: still slashed, no longer counted for new jobs.
    pub withdrawing: u64,
    pub registered_at: i64,
    /// No withdrawal can be requested before.
    pub lock_until: i64,
    pub withdrawal_requested_at: i64,
    pub suspended_until: i64,
    pub window_started_at: i64,
    pub slashed_total: u64,
    pub last_slashed_at: i64,
    pub yield_claimed_at: i64,
    pub updated_at: i64,
    pub running_jobs: u32,
    /// Where reputation-manager keeps its score: page × 128 + entry + 1; 0 if that is not known yet.
    pub reputation_entry: u32,
    /// Takes payment, signs on chain.
    #[codama(type = public_key)]
    pub wallet: Address,
    /// Public key the node proves itself with off chain; may be the wallet.
    #[codama(type = public_key)]
    pub identity: Address,
    /// SHA-256 of the node's TLS certificate.
    #[codama(type = fixed_size(bytes, 32))]
    pub fingerprint: [u8; 32],
    /// SHA-256 of the canonical description of its hardware.
    #[codama(type = fixed_size(bytes, 32))]
    pub capabilities_hash: [u8; 32],
    /// Evidence named by the last slash, and the escrow and job generation it was for.
    #[codama(type = fixed_size(bytes, 32))]
    pub slash_evidence: [u8; 32],
    #[codama(type = public_key)]
    pub slash_escrow: Address,
    pub slash_nonce: u64,
    /// Base units of yield up to `yield_claimed_at`, not paid out yet.
    pub rewards: u64,
    /// When what is on its way out can be taken; fixed when it was asked for. 0 in a request of before it was written down.
    pub withdrawable_at: i64,
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Node {
    const DISCRIMINATOR: u8 = 4;
    const VERSION: u8 = 1;
}
const _: () = assert!(Node::LEN == 320 && core::mem::align_of::<Node>() == 8);

/// The tier whose nodes pay the lower fee.
pub const TIER_DIAMOND: u8 = 3;

impl Node {
    pub fn status(&self) -> NodeStatus {
        NodeStatus::from_byte(self.status)
    }

    /// Reads a node of the registry program `program_id` after checking owner and layout; for job-escrow. That
    /// settles the address too: only `register` makes such accounts, and only at the address of their wallet.
    #[inline(always)]
    pub fn read<'a, E: Into<ProgramError>>(
        account: &'a AccountView,
        program_id: &Address,
        error: E,
    ) -> Result<&'a Self, ProgramError> {
        load(account, program_id, error)
    }

    /// A node of this program, for writing. Owner and layout settle that it is one: see `read`.
    #[inline(always)]
    pub fn write<'a>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, RegistryError::NotWritable)?;
        load_mut(account, program_id, RegistryError::WrongNode)
    }

    /// The node of `wallet`, for writing.
    #[inline(always)]
    pub fn write_of<'a>(
        account: &'a mut AccountView,
        wallet: &Address,
        program_id: &Address,
    ) -> Result<&'a mut Self, ProgramError> {
        let node = Self::write(account, program_id)?;
        require(address_eq(&node.wallet, wallet), RegistryError::WrongNode)?;
        Ok(node)
    }

    /// Has it nothing at stake any more, having asked for some back? Not only `Withdrawn`: a suspended node stays so.
    pub fn has_left(&self) -> bool {
        self.staked == 0 && self.withdrawing == 0 && self.withdrawal_requested_at != 0
    }

    /// When stake may next be asked for: each running job puts it off.
    pub fn locked_until(&self, job_lock_seconds: i64) -> i64 {
        // At most 2^32 jobs times 2^29 seconds (see `require_sane`).
        self.lock_until.saturating_add(i64::from(self.running_jobs).wrapping_mul(job_lock_seconds))
    }

    /// When what is on its way out can be taken.
    pub fn withdrawable_from(&self, withdrawal_seconds: i64) -> i64 {
        if self.withdrawable_at == 0 {
            self.withdrawal_requested_at.saturating_add(withdrawal_seconds)
        } else {
            self.withdrawable_at
        }
    }

    /// Fails unless `vault` holds this node's stake; `address` is the node account's.
    #[inline(always)]
    pub fn require_stake_vault(
        &self,
        vault: &AccountView,
        address: &Address,
        program_id: &Address,
    ) -> Result<(), ProgramError> {
        require_writable(vault, RegistryError::NotWritable)?;
        let seeds = [STAKE_SEED, address.as_array()];
        require_derived(vault.address(), &seeds, self.stake_vault_bump, program_id, RegistryError::WrongStakeVault)
    }

    /// The status after a move that the table allows; fails for one that it does not.
    #[inline(always)]
    pub fn status_after(&self, event: NodeMove) -> Result<NodeStatus, ProgramError> {
        self.status().after(event).ok_or(RegistryError::IllegalStatus.into())
    }
}
