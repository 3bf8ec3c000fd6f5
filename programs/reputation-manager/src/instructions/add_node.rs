use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, is_same, require},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::ReputationError,
    event::NodeAddedEvent,
    state::{page::Page, reputation::Reputation},
};

/// Appends a node to a page; it starts with nothing.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 2))]
#[codama(account(name = "coordinator", signer))]
#[codama(account(name = "reputation", default_value = pda("reputation", [])))]
#[codama(account(name = "page", writable))]
#[repr(C)]
pub struct AddNode {
    #[codama(type = public_key)]
    pub wallet: Address,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for AddNode {}

impl AddNode {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [coordinator, reputation, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let wallet = Self::read(data)?.wallet;

        Reputation::read(reputation, program_id)?.require_coordinator(coordinator)?;
        require(!is_empty(wallet.as_array()), ReputationError::FieldEmpty)?;
        let address = *account.address();
        let page = Page::write(account, program_id)?;
        let entry = page.count;
        let (used, free) =
            page.entries.split_at_mut_checked(usize::from(entry)).ok_or(ReputationError::PageFull)?;
        let next = free.first_mut().ok_or(ReputationError::PageFull)?;
        let is_there = used.iter().any(|other| is_same(other.wallet.as_array(), wallet.as_array()));
        require(!is_there, ReputationError::DuplicateNode)?;

        next.wallet = wallet;
        page.count = entry + 1;
        page.updated_at = now_seconds()?;
        NodeAddedEvent {
            discriminator: NodeAddedEvent::DISCRIMINATOR,
            version: NodeAddedEvent::VERSION,
            entry,
            page: address,
            wallet,
        }
        .emit();
        Ok(())
    }
}
