use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    amount::{share, BASIS_POINTS},
    check::{is_empty, require, require_writable},
    event::Event,
    layout::{load_mut, Layout},
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::OutcomeReportedEvent,
    state::{
        lifecycle::{EscrowDecision, EscrowMove, EscrowState, NodeFault},
        platform::Platform,
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
    /// Proofs committed for this job; at most two.
    pub proof_count: u8,
    /// The payer's own number for this slot.
    pub slot: u32,
    /// The platform's share, fixed when the escrow was made.
    pub fee_bps: u16,
    pub cancel_fee_bps: u16,
    /// Tells the slot's jobs apart: grows by one a job, from the time the slot was made.
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
    pub reserved_progress: u16,
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
    /// The slot's vault; fixed when the slot was made.
    #[codama(type = public_key)]
    pub vault: Address,
    /// The cluster's slot in which the proof was committed.
    pub committed_slot: u64,
    /// An appeal's deposit, in the vault on top of the amount.
    pub deposit: u64,
    /// The arbiter's time to decide.
    pub decision_until: i64,
    /// The job's epochs; `u32::MAX` in an escrow of before they were written down.
    pub checkpoints: u32,
    #[codama(type = link("escrowDecision"))]
    pub decision: u8,
    #[codama(type = link("nodeFault"))]
    pub fault: u8,
    /// Does the registry know that the job is over? 0 it need not, 1 it must still hear of it, 2 it has.
    pub reported: u8,
    pub reserved_byte: u8,
    /// Fixed when the escrow was made, like the next three.
    pub evidence_window_seconds: i64,
    pub arbitration_window_seconds: i64,
    pub appeal_window_seconds: i64,
    pub appeal_deposit: u64,
    #[codama(type = fixed_size(bytes, 16))]
    pub reserved: [u8; 16],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Escrow {
    const DISCRIMINATOR: u8 = 2;
    const VERSION: u8 = 2;
}
const _: () = assert!(Escrow::LEN == 592 && core::mem::align_of::<Escrow>() == 8);

/// Checkpoints of an escrow that was made before they were written down: any number may be shown.
pub const CHECKPOINTS_UNKNOWN: u32 = u32::MAX;

/// Does the registry know that a job is over?
pub const REPORT_NONE: u8 = 0;
pub const REPORT_DUE: u8 = 1;
pub const REPORT_DONE: u8 = 2;

impl Escrow {
    /// An escrow, for writing, whatever use of its slot is meant; also gives its own address. Owner, layout, payer and
    /// slot together settle the address: only `open_slot` makes such accounts, and only where payer and slot lead.
    #[inline(always)]
    pub fn write_slot<'a>(
        account: &'a mut AccountView,
        program_id: &Address,
    ) -> Result<(&'a mut Self, Address), ProgramError> {
        require_writable(account, EscrowError::NotWritable)?;
        let address = *account.address();
        Ok((load_mut(account, program_id, EscrowError::WrongEscrow)?, address))
    }

    /// An escrow, for writing; also gives its own address. `nonce` names the use of the slot that is meant: an
    /// instruction that was made for an earlier job must not reach a later one.
    #[inline(always)]
    pub fn write<'a>(
        account: &'a mut AccountView,
        nonce: [u8; 8],
        program_id: &Address,
    ) -> Result<(&'a mut Self, Address), ProgramError> {
        let (escrow, address) = Self::write_slot(account, program_id)?;
        require(escrow.nonce == u64::from_le_bytes(nonce), EscrowError::WrongNonce)?;
        Ok((escrow, address))
    }

    /// The state after `event`, or the error that it is not possible now.
    #[inline(always)]
    pub fn state_after(&self, event: EscrowMove) -> Result<EscrowState, ProgramError> {
        EscrowState::from_byte(self.state)
            .and_then(|state| state.after(event))
            .ok_or(EscrowError::IllegalState.into())
    }

    /// When the proof on chain can no longer be disputed.
    #[inline(always)]
    pub fn challenge_until(&self) -> i64 {
        self.anchored_at.saturating_add(self.challenge_window_seconds)
    }

    /// Until when a committed proof can be revealed, and from when the job can be given up if it was not.
    #[inline(always)]
    pub fn reveal_until(&self) -> i64 {
        self.deadline.saturating_add(self.challenge_window_seconds)
    }

    /// The node's and the treasury's share of a job that is paid; both rounded down, what remains is the payer's.
    #[inline(always)]
    pub fn shares(&self) -> (u64, u64) {
        let node_bps = (BASIS_POINTS as u16).saturating_sub(self.fee_bps);
        (share(self.amount, node_bps), share(self.amount, self.fee_bps))
    }

    /// Fails unless `authority`, whose signature the caller has checked, may speak for the work: the coordinator, or the
    /// node's wallet.
    #[inline(always)]
    pub fn require_worker(&self, authority: &AccountView, platform: &Platform) -> ProgramResult {
        require(
            address_eq(authority.address(), &platform.coordinator) || address_eq(authority.address(), &self.node),
            EscrowError::WrongSigner,
        )
    }

    /// Where a party's evidence stands, or the error that it is none.
    pub fn evidence_of(&mut self, party: &Address) -> Result<&mut [u8; 32], ProgramError> {
        if address_eq(party, &self.payer) {
            Ok(&mut self.payer_evidence)
        } else if address_eq(party, &self.node) {
            Ok(&mut self.node_evidence)
        } else {
            Err(EscrowError::NotParty.into())
        }
    }

    /// From `now` on there is time for evidence, and then for a decision.
    pub fn take_evidence(&mut self, now: i64) {
        self.evidence_until = now.saturating_add(self.evidence_window_seconds);
        self.decision_until = self.evidence_until.saturating_add(self.arbitration_window_seconds);
    }

    /// Whom the present decision is against.
    pub fn loser(&self) -> &Address {
        if self.decision == EscrowDecision::ForNode as u8 {
            &self.payer
        } else {
            &self.node
        }
    }

    /// What shows the node's fault: the payer's evidence of a lost dispute, the proof that was invalid, or the job's
    /// terms that were not kept.
    pub fn fault_evidence(&self) -> &[u8; 32] {
        if self.fault == NodeFault::DisputeLost as u8 && !is_empty(&self.payer_evidence) {
            &self.payer_evidence
        } else if self.fault == NodeFault::InvalidProof as u8 {
            &self.proof_commitment
        } else {
            &self.terms_hash
        }
    }

    /// Marks that the registry has heard how the job ended, and says so in the log.
    pub fn report(&mut self, own_address: &Address) -> Result<(), ProgramError> {
        self.state_after(EscrowMove::Report)?;
        require(self.reported == REPORT_DUE, EscrowError::NothingToReport)?;
        self.reported = REPORT_DONE;
        OutcomeReportedEvent {
            discriminator: OutcomeReportedEvent::DISCRIMINATOR,
            version: OutcomeReportedEvent::VERSION,
            fault: self.fault,
            escrow: *own_address,
            nonce: self.nonce.to_le_bytes(),
            job_id: self.job_id,
            node: self.node,
        }
        .emit();
        Ok(())
    }
}
