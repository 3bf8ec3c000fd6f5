use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    address::require_derived,
    check::require_writable,
    layout::{load, load_mut, Layout},
};
use pinocchio::{error::ProgramError, AccountView, Address};

use crate::{
    error::RegistryError,
    state::{pda::NODE_SEED, status::NodeStatus},
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
    pub reserved_count: u32,
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
    #[codama(type = fixed_size(bytes, 16))]
    pub reserved: [u8; 16],
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

    /// The node of `wallet`, for writing.
    #[inline(always)]
    pub fn write<'a>(
        account: &'a mut AccountView,
        wallet: &Address,
        program_id: &Address,
    ) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, RegistryError::NotWritable)?;
        let address = *account.address();
        let node: &mut Self = load_mut(account, program_id, RegistryError::WrongNode)?;
        require_derived(
            &address,
            &[NODE_SEED, wallet.as_array()],
            node.bump,
            program_id,
            RegistryError::WrongNode,
        )?;
        Ok(node)
    }
}
