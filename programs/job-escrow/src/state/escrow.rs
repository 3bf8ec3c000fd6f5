use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    address::require_derived,
    check::{require, require_writable},
    layout::{load_mut, Layout},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address};

use crate::{
    error::EscrowError,
    state::{
        lifecycle::{EscrowMove, EscrowState},
        pda::{ESCROW_SEED, VAULT_SEED},
    },
};

/// The payer's terms let the coordinator release the payment at once.
pub const FLAG_AUTO_RELEASE: u8 = 1;
/// Every flag there is; others are refused.
pub const FLAGS: u8 = FLAG_AUTO_RELEASE;

/// One job's tokens and terms. The account belongs to a payer's slot and serves one job after another; `nonce`
/// counts them, and every instruction names the one it means.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "escrow"))]
#[codama(seed(name = "payer", type = public_key))]
#[codama(seed(name = "slot", type = number(u32)))]
#[repr(C)]
pub struct Escrow {
    #[codama(value = 2)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    pub vault_bump: u8,
    #[codama(type = link("escrowState"))]
    pub state: u8,
    #[codama(type = link("escrowOutcome"))]
    pub outcome: u8,
    /// Bit 0: the coordinator may release the payment at once.
    pub flags: u8,
    /// Final roots anchored for this job; at most two.
    pub proof_count: u8,
    /// The payer's own number for this slot.
    pub slot: u32,
    /// The platform's share, fixed when the escrow was made.
    pub fee_bps: u16,
    pub cancel_fee_bps: u16,
    /// How many jobs the slot has served, this one included.
    pub nonce: u64,
    pub amount: u64,
    pub created_at: i64,
    /// Afterwards anybody can send the tokens back to the payer.
    pub deadline: i64,
    pub started_at: i64,
    pub anchored_at: i64,
    pub settled_at: i64,
    /// Fixed when the escrow was made.
    pub challenge_window_seconds: i64,
    /// Leaves under the anchored root.
    pub leaf_count: u32,
    pub progress_bps: u16,
    pub appeal_count: u8,
    pub reserved_count: u8,
    pub disputed_at: i64,
    pub evidence_until: i64,
    pub appeal_until: i64,
    #[codama(type = public_key)]
    pub payer: Address,
    /// Token account the escrow was paid from, and the one that refunds go to.
    #[codama(type = public_key)]
    pub payer_token: Address,
    /// The node's wallet.
    #[codama(type = public_key)]
    pub node: Address,
    #[codama(type = public_key)]
    pub mint: Address,
    /// The job's UUID.
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    /// SHA-256 of the job's canonical configuration.
    #[codama(type = fixed_size(bytes, 32))]
    pub terms_hash: [u8; 32],
    /// Merkle root over the checkpoints so far.
    #[codama(type = fixed_size(bytes, 32))]
    pub root: [u8; 32],
    /// SHA-256 of the trained weights.
    #[codama(type = fixed_size(bytes, 32))]
    pub result_hash: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub proof_commitment: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub payer_evidence: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub node_evidence: [u8; 32],
    #[codama(type = public_key)]
    pub disputed_by: Address,
    #[codama(type = fixed_size(bytes, 48))]
    pub reserved: [u8; 48],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Escrow {
    const DISCRIMINATOR: u8 = 2;
    const VERSION: u8 = 1;
}
const _: () = assert!(Escrow::LEN == 528 && core::mem::align_of::<Escrow>() == 8);

impl Escrow {
    /// The escrow of a payer's slot, for the slot's next job; also gives its own address. Owner, layout, payer and
    /// slot together settle the address: only `open_slot` makes such accounts, and only where payer and slot lead.
    #[inline(always)]
    pub fn write_slot<'a>(
        account: &'a mut AccountView,
        payer: &Address,
        slot: u32,
        program_id: &Address,
    ) -> Result<(&'a mut Self, Address), ProgramError> {
        require_writable(account, EscrowError::NotWritable)?;
        let address = *account.address();
        let escrow: &mut Self = load_mut(account, program_id, EscrowError::WrongEscrow)?;
        require(address_eq(&escrow.payer, payer) && escrow.slot == slot, EscrowError::WrongEscrow)?;
        Ok((escrow, address))
    }

    /// An escrow, for writing, after checking owner, layout and address; also gives its own address. `nonce` names
    /// the use of the slot that is meant: an instruction that was made for an earlier job must not reach a later one.
    #[inline(always)]
    pub fn write<'a>(
        account: &'a mut AccountView,
        nonce: u64,
        program_id: &Address,
    ) -> Result<(&'a mut Self, Address), ProgramError> {
        require_writable(account, EscrowError::NotWritable)?;
        let address = *account.address();
        let escrow: &mut Self = load_mut(account, program_id, EscrowError::WrongEscrow)?;
        require_derived(
            &address,
            &[ESCROW_SEED, escrow.payer.as_array(), &escrow.slot.to_le_bytes()],
            escrow.bump,
            program_id,
            EscrowError::WrongEscrow,
        )?;
        require(escrow.nonce == nonce, EscrowError::WrongNonce)?;
        Ok((escrow, address))
    }

    /// The state after `event`, or the error that it is not possible now.
    #[inline(always)]
    pub fn state_after(&self, event: EscrowMove) -> Result<EscrowState, ProgramError> {
        EscrowState::from_byte(self.state)
            .and_then(|state| state.after(event))
            .ok_or(EscrowError::IllegalState.into())
    }

    /// Fails unless `vault` is this escrow's vault.
    #[inline(always)]
    pub fn require_vault(
        &self,
        vault: &AccountView,
        own_address: &Address,
        program_id: &Address,
    ) -> Result<(), ProgramError> {
        require_derived(
            vault.address(),
            &[VAULT_SEED, own_address.as_array()],
            self.vault_bump,
            program_id,
            EscrowError::WrongVault,
        )
    }
}
