use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer, require_writable},
    event::Event,
    layout::{Arguments, Layout},
};
use pinocchio::{
    error::ProgramError,
    sysvars::{rent::Rent, Sysvar},
    AccountView, Address, ProgramResult, UnsafeResize,
};
use pinocchio_system::instructions::Transfer;

use crate::{
    error::EscrowError,
    event::AccountMigratedEvent,
    state::{
        escrow::{Escrow, CHECKPOINTS_UNKNOWN, REPORT_NONE},
        pda::VAULT_SEED,
        platform::Platform,
    },
};

/// What the parameters of before did not say; in seconds and base units, as the economy has them.
const ARBITRATION_WINDOW_SECONDS: i64 = 7 * DAY_SECONDS;
const EVIDENCE_WINDOW_SECONDS: i64 = 2 * DAY_SECONDS;
const APPEAL_WINDOW_SECONDS: i64 = 7 * DAY_SECONDS;
const APPEAL_DEPOSIT: u64 = 100_000_000_000;
const DAY_SECONDS: i64 = 86_400;

/// Version 1 of both accounts; the platform's was as long as it is now.
const FIRST_VERSION: u8 = 1;
const FIRST_ESCROW_LEN: usize = 528;
const _: () = assert!(Platform::VERSION == Escrow::VERSION);

/// Brings an account of an older version to the present one. Anybody may; whoever does pays for the bytes it grows by.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 26))]
#[codama(account(name = "payer", signer, writable, docs = "Anybody; pays for the growth"))]
#[codama(account(name = "account", writable, docs = "The platform, or an escrow"))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct Migrate {}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for Migrate {}

impl Migrate {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, account, _system_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(payer, EscrowError::WrongSigner)?;
        require_writable(account, EscrowError::NotWritable)?;
        require(account.owned_by(program_id), EscrowError::WrongVersion)?;
        // SAFETY: the slice is dropped at the end of the statement.
        let head = unsafe { account.borrow_unchecked() }.first_chunk::<2>().copied();
        match (head, account.data_len()) {
            (Some([Platform::DISCRIMINATOR, FIRST_VERSION]), Platform::LEN) => migrate_platform(account),
            (Some([Escrow::DISCRIMINATOR, FIRST_VERSION]), FIRST_ESCROW_LEN) => {
                let rent = Rent::get()?.try_minimum_balance(Escrow::LEN)?;
                let missing = rent.saturating_sub(account.lamports());
                if missing > 0 {
                    Transfer { from: payer, to: account, lamports: missing }.invoke()?;
                }
                migrate_escrow(account, program_id);
            }
            _ => return Err(EscrowError::WrongVersion.into()),
        }
        AccountMigratedEvent {
            discriminator: AccountMigratedEvent::DISCRIMINATOR,
            version: AccountMigratedEvent::VERSION,
            from_version: FIRST_VERSION,
            to_version: Escrow::VERSION,
            account: *account.address(),
        }
        .emit();
        Ok(())
    }
}

fn migrate_platform(account: &mut AccountView) {
    // SAFETY: the length was checked; the runtime aligns account data to 8 bytes; every bit pattern is valid.
    let platform = unsafe { &mut *(account.borrow_unchecked_mut().as_mut_ptr() as *mut Platform) };
    platform.version = Platform::VERSION;
    platform.arbitration_window_seconds = ARBITRATION_WINDOW_SECONDS;
}

fn migrate_escrow(account: &mut AccountView, program_id: &Address) {
    let address = *account.address();
    // SAFETY: nothing holds the account's data, and it grows by less than an instruction may let it (10 KiB).
    unsafe { account.resize(Escrow::LEN) };
    // SAFETY: the length was just set; the runtime aligns account data to 8 bytes; every bit pattern is valid.
    let escrow = unsafe { &mut *(account.borrow_unchecked_mut().as_mut_ptr() as *mut Escrow) };
    escrow.version = Escrow::VERSION;
    escrow.vault = Address::derive_address(&[VAULT_SEED, address.as_array()], Some(escrow.vault_bump), program_id);
    // The registry was not told of the start, so it need not hear of the end.
    escrow.reported = REPORT_NONE;
    // The job keeps the rules it was made under: any number of epochs may be shown.
    escrow.checkpoints = CHECKPOINTS_UNKNOWN;
    escrow.evidence_window_seconds = EVIDENCE_WINDOW_SECONDS;
    escrow.arbitration_window_seconds = ARBITRATION_WINDOW_SECONDS;
    escrow.appeal_window_seconds = APPEAL_WINDOW_SECONDS;
    escrow.appeal_deposit = APPEAL_DEPOSIT;
}
