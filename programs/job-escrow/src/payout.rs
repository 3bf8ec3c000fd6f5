//! The only code that moves tokens out of a vault.

use core::mem::MaybeUninit;

use cyxwiz_program_common::{
    check::{require, require_address, require_writable},
    event::Event,
    token::{can_receive, require_token_account, require_token_program, token_account},
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
        lifecycle::{EscrowOutcome, EscrowState, NodeFault},
        pda::ESCROW_SEED,
    },
};

/// What signs for an escrow.
pub struct EscrowSigner {
    payer: Address,
    slot: [u8; 4],
    bump: [u8; 1],
}

impl EscrowSigner {
    pub fn of(escrow: &Escrow) -> Self {
        Self { payer: escrow.payer, slot: escrow.slot.to_le_bytes(), bump: [escrow.bump] }
    }

    pub fn seeds(&self) -> [Seed<'_>; 4] {
        [
            Seed::from(ESCROW_SEED),
            Seed::from(self.payer.as_array()),
            Seed::from(&self.slot),
            Seed::from(&self.bump),
        ]
    }
}

/// How an escrow ends, and when.
#[derive(Clone, Copy)]
pub struct Ending {
    pub state: EscrowState,
    pub outcome: EscrowOutcome,
    pub fault: NodeFault,
    pub now: i64,
}

/// Who gets what.
#[derive(Clone, Copy)]
struct Shares {
    to_payer: u64,
    to_node: u64,
    to_treasury: u64,
}

/// Everything in the vault. It can be more than the escrow holds, if somebody sent tokens there or the payer's account
/// could not take a remainder earlier; it can never be less.
fn vault_balance(vault: &AccountView, escrow: &Escrow) -> Result<u64, ProgramError> {
    let balance = token_account(vault).ok_or(EscrowError::WrongVault)?.amount();
    let held = escrow.amount.checked_add(escrow.deposit).ok_or(EscrowError::Overflow)?;
    require(balance >= held, EscrowError::VaultShort)?;
    Ok(balance)
}

/// Marks the escrow as over and says so in the log. Called before tokens move.
fn settle(escrow: &mut Escrow, escrow_address: &Address, ending: &Ending, shares: Shares) {
    escrow.state = ending.state as u8;
    escrow.outcome = ending.outcome as u8;
    escrow.fault = ending.fault as u8;
    escrow.settled_at = ending.now;
    EscrowSettledEvent {
        discriminator: EscrowSettledEvent::DISCRIMINATOR,
        version: EscrowSettledEvent::VERSION,
        outcome: ending.outcome as u8,
        escrow: *escrow_address,
        nonce: escrow.nonce.to_le_bytes(),
        job_id: escrow.job_id,
        to_payer: shares.to_payer.to_le_bytes(),
        to_node: shares.to_node.to_le_bytes(),
        to_treasury: shares.to_treasury.to_le_bytes(),
        fault: ending.fault as u8,
        deposit: escrow.deposit.to_le_bytes(),
    }
    .emit();
}

const TRANSFERS: usize = 3;
const ACCOUNTS: usize = 3 * TRANSFERS;
const DATA: usize = Batch::header_data_len(TRANSFERS) + 9 * TRANSFERS;

/// Sends up to three amounts from the vault in one call of the token program; amounts of zero are left out.
fn transfer_all<'a>(
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
            require_writable(destination, EscrowError::NotWritable)?;
            is_empty = false;
            Transfer::new(vault, destination, escrow, amount).into_batch(&mut batch)?;
        }
    }
    if is_empty {
        return Ok(());
    }
    // SAFETY: of all data, only the escrow's are borrowed here, which the token program cannot change: they are ours.
    unsafe { batch.invoke_signed_unchecked(&[Signer::from(&signer.seeds())]) }
}

/// Can the payer's part go to this account now? If not, it stays in the payer's own vault, until the slot's next
/// settlement or its end.
fn payer_can_receive(payer_token: &AccountView, escrow: &Escrow) -> bool {
    require_token_account(payer_token, &escrow.mint, &escrow.payer, EscrowError::WrongPayerToken).is_ok()
        && can_receive(payer_token, &escrow.mint)
}

/// The accounts every kind of payment has in common. The treasury was compared with the platform's, if it gets any.
pub struct PayAccounts<'a> {
    pub escrow: &'a AccountView,
    pub vault: &'a AccountView,
    pub node_token: &'a AccountView,
    pub treasury: Option<&'a AccountView>,
    pub payer_token: &'a AccountView,
    pub token_program: &'a AccountView,
}

/// Whom an appeal's deposit goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DepositTo {
    Payer,
    Node,
    Treasury,
}

/// What is paid out of the amount; whatever else is in the vault is the payer's.
pub struct Payment {
    pub ending: Ending,
    pub to_node: u64,
    pub to_treasury: u64,
    pub deposit_to: DepositTo,
}

/// Divides what is in the vault and settles the escrow.
///
/// Only the node's own account can stop this, and only if the node gets something: anybody can open another one for
/// it. What the treasury cannot take falls to the payer; what the payer cannot take stays in its vault.
/// The caller has checked the escrow's nonce, the signer's right and the move to `Settled`.
#[inline(never)]
pub fn pay(accounts: &PayAccounts, escrow: &mut Escrow, payment: &Payment) -> ProgramResult {
    let PayAccounts { escrow: account, vault, node_token, treasury, payer_token, token_program } = *accounts;
    require_token_program(token_program, EscrowError::WrongTokenProgram)?;
    require_writable(vault, EscrowError::NotWritable)?;
    require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
    require_address(payer_token, &escrow.payer_token, EscrowError::WrongPayerToken)?;

    let balance = vault_balance(vault, escrow)?;
    let deposit_of = |who| if payment.deposit_to == who { escrow.deposit } else { 0 };
    let to_node = payment.to_node.checked_add(deposit_of(DepositTo::Node)).ok_or(EscrowError::Overflow)?;
    if to_node > 0 {
        require_token_account(node_token, &escrow.mint, &escrow.node, EscrowError::WrongNodeToken)?;
    }
    let to_treasury = match treasury {
        Some(treasury) if can_receive(treasury, &escrow.mint) => {
            payment.to_treasury.checked_add(deposit_of(DepositTo::Treasury)).ok_or(EscrowError::Overflow)?
        }
        _ => 0,
    };
    let remainder = balance
        .checked_sub(to_node)
        .and_then(|rest| rest.checked_sub(to_treasury))
        .ok_or(EscrowError::Overflow)?;
    let to_payer = if remainder > 0 && payer_can_receive(payer_token, escrow) { remainder } else { 0 };

    settle(escrow, account.address(), &payment.ending, Shares { to_payer, to_node, to_treasury });
    let signer = EscrowSigner::of(escrow);
    let treasury = treasury.unwrap_or(vault);
    transfer_all(
        vault,
        [(node_token, to_node), (treasury, to_treasury), (payer_token, to_payer)],
        account,
        &signer,
    )
}

/// The accounts every kind of refund has in common.
pub struct RefundAccounts<'a> {
    pub escrow: &'a AccountView,
    pub vault: &'a AccountView,
    pub payer_token: &'a AccountView,
    pub token_program: &'a AccountView,
    /// The payer may name any token account of its own, which then has to work. Whoever else acts can only name the one
    /// the escrow was paid from; if that cannot receive, the tokens stay in the payer's vault.
    pub payer_signed: bool,
}

/// Sends all there is in the vault to the payer and settles the escrow, which the caller has checked as for [`pay`].
#[inline(never)]
pub fn refund(accounts: &RefundAccounts, escrow: &mut Escrow, ending: Ending) -> ProgramResult {
    let RefundAccounts { escrow: account, vault, payer_token, token_program, payer_signed } = *accounts;
    require_token_program(token_program, EscrowError::WrongTokenProgram)?;
    require_writable(vault, EscrowError::NotWritable)?;
    require_writable(payer_token, EscrowError::NotWritable)?;
    require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
    let can_receive = payer_can_receive(payer_token, escrow);
    if payer_signed {
        require(can_receive, EscrowError::WrongPayerToken)?;
    } else {
        require_address(payer_token, &escrow.payer_token, EscrowError::WrongPayerToken)?;
    }
    let balance = vault_balance(vault, escrow)?;
    let to_payer = if can_receive { balance } else { 0 };

    settle(escrow, account.address(), &ending, Shares { to_payer, to_node: 0, to_treasury: 0 });
    if to_payer == 0 {
        return Ok(());
    }
    let signer = EscrowSigner::of(escrow);
    Transfer::new(vault, payer_token, account, to_payer).invoke_signed(&[Signer::from(&signer.seeds())])
}

/// What is left in the vault of a job that is over: what the payer's account could not take, and what strangers sent. If
/// it is anything, `payer_token` has to be an account of the payer's.
pub fn leftover(vault: &AccountView, payer_token: &AccountView, escrow: &Escrow) -> Result<u64, ProgramError> {
    let left = token_account(vault).ok_or(EscrowError::WrongVault)?.amount();
    if left > 0 {
        require_token_account(payer_token, &escrow.mint, &escrow.payer, EscrowError::WrongPayerToken)?;
    }
    Ok(left)
}
