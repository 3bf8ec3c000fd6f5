use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{require, require_address, require_signer, require_writable},
    create::{create_account, create_vault},
    event::Event,
    layout::{initialise, Arguments, Layout},
    time::now_seconds,
    token::{require_token_account, require_token_program},
};
use node_registry::state::{
    node::{Node, TIER_DIAMOND},
    status::NodeStatus,
};
use pinocchio::{
    address::address_eq,
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::Transfer;

use crate::{
    error::EscrowError,
    event::EscrowCreatedEvent,
    state::{
        escrow::{Escrow, CHECKPOINTS_UNKNOWN, FLAGS, REPORT_DUE, REPORT_NONE},
        lifecycle::{EscrowDecision, EscrowMove, EscrowOutcome, EscrowState, NodeFault},
        pda::{ESCROW_SEED, VAULT_SEED},
        platform::Platform,
    },
};

/// How far a new slot's first nonce may be from the present time.
const FIRST_NONCE_SECONDS: u64 = 600;

/// Puts a job's tokens into the vault of a payer's slot. The first use of a slot makes its accounts; later ones,
/// after the slot is settled, only move tokens.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 2))]
#[codama(account(name = "payer", signer, writable, docs = "Owns the tokens; pays the rent of a new slot"))]
#[codama(account(name = "payerToken", writable, docs = "The payer's token account; refunds come back to it"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "node", docs = "Account of the node in the registry program"))]
#[codama(account(name = "escrow", writable, default_value = pda("escrow", [account("payer"), argument("slot")])))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "mint", docs = "The platform's mint"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct CreateEscrow {
    #[codama(type = number(u32))]
    pub slot: [u8; 4],
    /// One more than the slot's last one; for a new slot, the present time in seconds, give or take ten minutes. The
    /// same request sent twice cannot lock tokens twice, and no slot ever repeats a nonce.
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 16))]
    pub job_id: [u8; 16],
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub terms_hash: [u8; 32],
    #[codama(type = number(i64))]
    pub deadline: [u8; 8],
    /// The job's epochs, each of which leaves one checkpoint.
    #[codama(type = number(u32))]
    pub checkpoints: [u8; 4],
    /// Bit 0: the coordinator may release the payment at once.
    pub flags: u8,
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CreateEscrow {}

impl CreateEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, payer_token, platform, node, account, vault, mint, token_program, _system_program, ..] =
            accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let amount = u64::from_le_bytes(arguments.amount);
        let nonce = u64::from_le_bytes(arguments.nonce);
        let checkpoints = u32::from_le_bytes(arguments.checkpoints);
        let deadline = i64::from_le_bytes(arguments.deadline);

        require_signer(payer, EscrowError::WrongSigner)?;
        require_writable(payer_token, EscrowError::NotWritable)?;
        require_writable(vault, EscrowError::NotWritable)?;
        require_token_program(token_program, EscrowError::WrongTokenProgram)?;
        let platform = Platform::read(platform, program_id)?;
        require(platform.paused == 0, EscrowError::Paused)?;
        require_address(mint, &platform.mint, EscrowError::WrongMint)?;
        require_token_account(payer_token, &platform.mint, payer.address(), EscrowError::WrongPayerToken)?;
        let node = Node::read(node, &platform.registry_program, EscrowError::WrongNode)?;
        require(node.status() == NodeStatus::Active, EscrowError::NodeNotActive)?;
        require(node.staked >= platform.minimum_stake(amount), EscrowError::StakeTooSmall)?;
        require(!address_eq(payer.address(), &node.wallet), EscrowError::PayerIsNode)?;
        require(amount > 0, EscrowError::AmountZero)?;
        require(arguments.flags & !FLAGS == 0, EscrowError::UnknownFlag)?;
        require(u128::from_le_bytes(arguments.job_id) != 0, EscrowError::FieldEmpty)?;
        require(checkpoints > 0 && checkpoints != CHECKPOINTS_UNKNOWN, EscrowError::ParameterOutOfRange)?;
        let now = now_seconds()?;
        let remaining = deadline.checked_sub(now).ok_or(EscrowError::DeadlineOutOfRange)?;
        require(
            remaining >= platform.minimum_timeout_seconds && remaining <= platform.timeout_seconds,
            EscrowError::DeadlineOutOfRange,
        )?;

        if account.is_data_empty() {
            open_slot(&mut NewSlot { payer, slot: arguments.slot, account, vault, mint }, program_id)?;
        }
        let slot = u32::from_le_bytes(arguments.slot);
        let (escrow, escrow_address) = Escrow::write_slot(account, program_id)?;
        require(address_eq(&escrow.payer, payer.address()) && escrow.slot == slot, EscrowError::WrongEscrow)?;
        require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
        let state = escrow.state_after(EscrowMove::Create)?;
        require(escrow.reported != REPORT_DUE, EscrowError::OutcomeNotReported)?;
        if escrow.state == EscrowState::Empty as u8 {
            let distance = u64::try_from(now).unwrap_or(0).abs_diff(nonce);
            require(distance <= FIRST_NONCE_SECONDS, EscrowError::NonceOutOfRange)?;
        } else {
            require(escrow.nonce.checked_add(1) == Some(nonce), EscrowError::WrongNonce)?;
        }
        let fee_bps = if node.tier == TIER_DIAMOND { platform.diamond_fee_bps } else { platform.fee_bps };

        // Field by field, so that only what a job changes is written.
        escrow.state = state as u8;
        escrow.outcome = EscrowOutcome::None as u8;
        escrow.flags = arguments.flags;
        escrow.proof_count = 0;
        escrow.fee_bps = fee_bps;
        escrow.cancel_fee_bps = platform.cancel_fee_bps;
        escrow.nonce = nonce;
        escrow.amount = amount;
        escrow.created_at = now;
        escrow.deadline = deadline;
        escrow.started_at = 0;
        escrow.anchored_at = 0;
        escrow.settled_at = 0;
        escrow.challenge_window_seconds = platform.challenge_window_seconds;
        escrow.leaf_count = 0;
        escrow.appeal_count = 0;
        escrow.disputed_at = 0;
        escrow.evidence_until = 0;
        escrow.appeal_until = 0;
        escrow.payer_token = *payer_token.address();
        escrow.node = node.wallet;
        escrow.mint = platform.mint;
        escrow.job_id = arguments.job_id;
        escrow.terms_hash = arguments.terms_hash;
        escrow.root = [0; 32];
        escrow.result_hash = [0; 32];
        escrow.proof_commitment = [0; 32];
        escrow.payer_evidence = [0; 32];
        escrow.node_evidence = [0; 32];
        escrow.disputed_by = Address::new_from_array([0; 32]);
        escrow.committed_slot = 0;
        escrow.deposit = 0;
        escrow.decision_until = 0;
        escrow.checkpoints = checkpoints;
        escrow.decision = EscrowDecision::None as u8;
        escrow.fault = NodeFault::None as u8;
        escrow.reported = REPORT_NONE;
        escrow.evidence_window_seconds = platform.evidence_window_seconds;
        escrow.arbitration_window_seconds = platform.arbitration_window_seconds;
        escrow.appeal_window_seconds = platform.appeal_window_seconds;
        escrow.appeal_deposit = platform.appeal_deposit;
        EscrowCreatedEvent {
            discriminator: EscrowCreatedEvent::DISCRIMINATOR,
            version: EscrowCreatedEvent::VERSION,
            flags: arguments.flags,
            fee_bps: fee_bps.to_le_bytes(),
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: arguments.job_id,
            amount: arguments.amount,
            deadline: arguments.deadline,
            payer: *payer.address(),
            node: node.wallet,
            checkpoints: arguments.checkpoints,
        }
        .emit();
        Transfer::new(payer_token, vault, payer, amount).invoke()
    }
}

/// The accounts of a slot to be opened. A struct, because a function takes five arguments at most.
struct NewSlot<'a> {
    payer: &'a AccountView,
    slot: [u8; 4],
    account: &'a mut AccountView,
    vault: &'a mut AccountView,
    mint: &'a AccountView,
}

/// Makes the accounts of a slot that was never used: an empty escrow, and its vault.
#[inline(never)]
fn open_slot(new: &mut NewSlot, program_id: &Address) -> ProgramResult {
    require_writable(new.account, EscrowError::NotWritable)?;
    let payer_address = *new.payer.address();
    let escrow_address = *new.account.address();
    let bump = require_canonical(
        &escrow_address,
        &[ESCROW_SEED, payer_address.as_array(), &new.slot],
        program_id,
        EscrowError::WrongEscrow,
    )?;
    let vault_bump = require_canonical(
        new.vault.address(),
        &[VAULT_SEED, escrow_address.as_array()],
        program_id,
        EscrowError::WrongVault,
    )?;

    let (bump_seed, vault_bump_seed) = ([bump], [vault_bump]);
    let seeds = [
        Seed::from(ESCROW_SEED),
        Seed::from(payer_address.as_array()),
        Seed::from(&new.slot),
        Seed::from(&bump_seed),
    ];
    create_account(new.account, Escrow::LEN, program_id, new.payer, Signer::from(&seeds))?;
    let escrow: &mut Escrow = initialise(new.account)?;
    escrow.bump = bump;
    escrow.vault_bump = vault_bump;
    escrow.state = EscrowState::Empty as u8;
    escrow.slot = u32::from_le_bytes(new.slot);
    escrow.payer = payer_address;
    escrow.vault = *new.vault.address();

    let vault_seeds =
        [Seed::from(VAULT_SEED), Seed::from(escrow_address.as_array()), Seed::from(&vault_bump_seed)];
    create_vault(new.vault, new.mint, &escrow_address, new.payer, Signer::from(&vault_seeds))
}
