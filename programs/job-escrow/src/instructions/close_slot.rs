use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address, require_signer, require_writable},
    event::Event,
    layout::Arguments,
    time::now_seconds,
    token::require_token_program,
};
use pinocchio::{address::address_eq, cpi::Signer, error::ProgramError, AccountView, Address, ProgramResult};
use pinocchio_token::instructions::{CloseAccount, Transfer};

use crate::{
    error::EscrowError,
    event::SlotClosedEvent,
    payout::{leftover, EscrowSigner},
    state::{
        escrow::{Escrow, REPORT_DUE},
        lifecycle::EscrowMove,
    },
};

/// Twice as long as a slot's first nonce may be ahead of the time it is opened at.
const SLOT_AGE_SECONDS: u64 = 1_200;

/// The payer closes a slot that is over: the rent comes back, and whatever tokens are left in the vault.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 21))]
#[codama(account(name = "payer", signer, writable, docs = "Gets the rent"))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "vault", writable, default_value = pda("vault", [account("escrow")])))]
#[codama(account(name = "payerToken", writable, docs = "Any token account of the payer"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct CloseSlot {}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for CloseSlot {}

impl CloseSlot {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, account, vault, payer_token, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(payer, EscrowError::WrongSigner)?;
        require_writable(payer, EscrowError::NotWritable)?;
        require_writable(vault, EscrowError::NotWritable)?;
        require_token_program(token_program, EscrowError::WrongTokenProgram)?;
        let (escrow, escrow_address) = Escrow::write_slot(account, program_id)?;
        require(address_eq(payer.address(), &escrow.payer), EscrowError::WrongSigner)?;
        escrow.state_after(EscrowMove::Close)?;
        require(escrow.reported != REPORT_DUE, EscrowError::OutcomeNotReported)?;
        require_address(vault, &escrow.vault, EscrowError::WrongVault)?;
        // Opened again, the slot would begin with the time of then as its nonce, which must lie above all it ever had.
        let now = u64::try_from(now_seconds()?).unwrap_or(0);
        require(now > escrow.nonce.saturating_add(SLOT_AGE_SECONDS), EscrowError::SlotTooYoung)?;
        let left = leftover(vault, payer_token, escrow)?;

        SlotClosedEvent {
            discriminator: SlotClosedEvent::DISCRIMINATOR,
            version: SlotClosedEvent::VERSION,
            escrow: escrow_address,
            nonce: escrow.nonce.to_le_bytes(),
            payer: escrow.payer,
            to_payer: left.to_le_bytes(),
        }
        .emit();
        let signer = EscrowSigner::of(escrow);
        let seeds = signer.seeds();
        if left > 0 {
            Transfer::new(vault, payer_token, account, left).invoke_signed(&[Signer::from(&seeds)])?;
        }
        CloseAccount::new(vault, payer, account).invoke_signed(&[Signer::from(&seeds)])?;
        let rent = payer.lamports().checked_add(account.lamports()).ok_or(EscrowError::Overflow)?;
        payer.set_lamports(rent);
        account.close()
    }
}
