use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    address::require_canonical,
    check::{require, require_signer, require_writable},
    create::create_account,
    event::Event,
    layout::{initialise, Arguments, Layout},
    time::now_seconds,
};
use pinocchio::{
    cpi::{Seed, Signer},
    error::ProgramError,
    AccountView, Address, ProgramResult,
};

use crate::{
    error::ReputationError,
    event::PageOpenedEvent,
    state::{
        page::{Page, PAGES},
        pda::PAGE_SEED,
        reputation::Reputation,
    },
};

/// Creates a page.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 1))]
#[codama(account(name = "payer", signer, writable, docs = "Pays the rent"))]
#[codama(account(name = "coordinator", signer))]
#[codama(account(name = "reputation", default_value = pda("reputation", [])))]
#[codama(account(name = "page", writable, default_value = pda("page", [argument("pageIndex")]), docs = "Created here"))]
#[codama(account(name = "systemProgram", default_value = program("system")))]
#[repr(C)]
pub struct OpenPage {
    #[codama(type = number(u32))]
    pub page_index: [u8; 4],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for OpenPage {}

impl OpenPage {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [payer, coordinator, reputation, account, _system_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let page_index = Self::read(data)?.page_index;

        require_signer(payer, ReputationError::WrongSigner)?;
        require_writable(account, ReputationError::NotWritable)?;
        Reputation::read(reputation, program_id)?.require_coordinator(coordinator)?;
        require(u32::from_le_bytes(page_index) < PAGES, ReputationError::PageIndexTooLarge)?;
        let bump = require_canonical(
            account.address(),
            &[PAGE_SEED, &page_index],
            program_id,
            ReputationError::WrongPage,
        )?;
        require(account.is_data_empty(), ReputationError::AlreadyExists)?;

        let (address, bump_seed) = (*account.address(), [bump]);
        let seeds = [Seed::from(PAGE_SEED), Seed::from(&page_index), Seed::from(&bump_seed)];
        create_account(account, Page::LEN, program_id, payer, Signer::from(&seeds))?;
        let page: &mut Page = initialise(account)?;
        page.bump = bump;
        page.page_index = u32::from_le_bytes(page_index);
        page.updated_at = now_seconds()?;
        PageOpenedEvent {
            discriminator: PageOpenedEvent::DISCRIMINATOR,
            version: PageOpenedEvent::VERSION,
            page: address,
            page_index,
        }
        .emit();
        Ok(())
    }
}
