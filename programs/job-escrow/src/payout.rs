//! The only code that moves tokens out of a vault.

use core::mem::MaybeUninit;

use cyxwiz_program_common::{
    check::{require, require_writable},
    event::Event,
    layout::load_mut,
    time::now_seconds,
    token::{require_token_account, require_token_program, token_account},
};
use pinocchio::{
    cpi::{CpiAccount, Seed, Signer},
    error::ProgramError,
    instruction::InstructionAccount,
    AccountView, Address, ProgramResult,
};
use pinocchio_token::instructions::{Batch, IntoBatch, Transfer};

use crate::{
    error::EscrowError,
    event::EscrowSettledEvent,
    state::{
        escrow::Escrow,
        lifecycle::{EscrowOutcome, EscrowState},
        pda::ESCROW_SEED,
    },
};

/// What signs for an escrow, copied out of it so that its data are not borrowed while the token program runs.
pub struct EscrowSigner {
    payer: Address,
    slot: [u8; 4],
    bump: [u8; 1],
}

impl EscrowSigner {
    pub fn of(escrow: &Escrow) -> Self {
        Self { payer: escrow.payer, slot: escrow.slot.to_le_bytes(), bump: [escrow.bump] }
    }

    fn seeds(&self) -> [Seed<'_>; 4] {
        [Seed::from(ESCROW_SEED), Seed::from(self.payer.as_array()), Seed::from(&self.slot), Seed::from(&self.bump)]
    }
}

/// Who gets what.
#[derive(Clone, Copy)]
pub struct Shares {
    pub to_payer: u64,
    pub to_node: u64,
    pub to_treasury: u64,
}

/// Everything in the vault. It can be more than the escrow's amount, if somebody sent tokens there or the payer's
/// account could not take a remainder earlier; it can never be less.
pub fn vault_balance(vault: &AccountView, escrow: &Escrow) -> Result<u64, ProgramError> {
    let balance = token_account(vault).ok_or(EscrowError::WrongVault)?.amount();
    require(balance >= escrow.amount, EscrowError::VaultShort)?;
    Ok(balance)
}

/// Marks the escrow as over and says so in the log. Called before tokens move.
pub fn settle(
    escrow: &mut Escrow,
    escrow_address: &Address,
    state: EscrowState,
    outcome: EscrowOutcome,
    shares: Shares,
    now: i64,
) {
    escrow.state = state as u8;
    escrow.outcome = outcome as u8;
    escrow.settled_at = now;
    EscrowSettledEvent {
        discriminator: EscrowSettledEvent::DISCRIMINATOR,
        version: EscrowSettledEvent::VERSION,
        outcome: outcome as u8,
        escrow: *escrow_address,
        nonce: escrow.nonce.to_le_bytes(),
        job_id: escrow.job_id,
        to_payer: shares.to_payer.to_le_bytes(),
        to_node: shares.to_node.to_le_bytes(),
        to_treasury: shares.to_treasury.to_le_bytes(),
    }
    .emit();
}

const TRANSFERS: usize = 3;
const ACCOUNTS: usize = 3 * TRANSFERS;
const DATA: usize = Batch::header_data_len(TRANSFERS) + 9 * TRANSFERS;

/// Sends up to three amounts from the vault in one call of the token program; amounts of zero are left out.
pub fn transfer_all<'a>(
    vault: &'a AccountView,
    destinations: [(&'a AccountView, u64); TRANSFERS],
    escrow: &'a AccountView,
    signer: &EscrowSigner,
) -> ProgramResult {
    let mut data = [const { MaybeUninit::<u8>::uninit() }; DATA];
    let mut metas = [const { MaybeUninit::<InstructionAccount>::uninit() }; ACCOUNTS];
    let mut accounts = [const { MaybeUninit::<CpiAccount>::uninit() }; ACCOUNTS];
    let mut batch = Batch::new(&mut data, &mut metas, &mut accounts)?;
    let mut is_empty = true;
    for (destination, amount) in destinations {
        if amount > 0 {
            is_empty = false;
            Transfer::new(vault, destination, escrow, amount).into_batch(&mut batch)?;
        }
    }
    if is_empty {
        return Ok(());
    }
    // SAFETY: no account's data are borrowed here: the callers read what they need before, and `EscrowSigner` is a
    // copy.
    unsafe { batch.invoke_signed_unchecked(&[Signer::from(&signer.seeds())]) }
}

/// The accounts every kind of refund has in common.
pub struct RefundAccounts<'a> {
    pub escrow: &'a mut AccountView,
    pub vault: &'a AccountView,
    pub payer_token: &'a AccountView,
    pub token_program: &'a AccountView,
}

/// Sends all there is in the vault to the payer and settles the escrow, which the caller has checked already: its
/// address, its nonce, the signer's right and the move to `state`.
pub fn refund(
    accounts: RefundAccounts,
    state: EscrowState,
    outcome: EscrowOutcome,
    program_id: &Address,
) -> ProgramResult {
    let RefundAccounts { escrow: account, vault, payer_token, token_program } = accounts;
    require_token_program(token_program, EscrowError::WrongTokenProgram)?;
    require_writable(vault, EscrowError::NotWritable)?;
    require_writable(payer_token, EscrowError::NotWritable)?;
    let escrow_address = *account.address();
    let escrow: &mut Escrow = load_mut(account, program_id, EscrowError::WrongEscrow)?;
    escrow.require_vault(vault, &escrow_address, program_id)?;
    require_token_account(payer_token, &escrow.mint, &escrow.payer, EscrowError::WrongPayerToken)?;
    let to_payer = vault_balance(vault, escrow)?;

    let shares = Shares { to_payer, to_node: 0, to_treasury: 0 };
    settle(escrow, &escrow_address, state, outcome, shares, now_seconds()?);
    let signer = EscrowSigner::of(escrow);
    Transfer::new(vault, payer_token, account, to_payer).invoke_signed(&[Signer::from(&signer.seeds())])
}
