use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, time::now_seconds};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::ReputationError,
    event::OutcomesRecordedEvent,
    state::{
        page::{Page, PAGE_ENTRIES},
        reputation::Reputation,
    },
};

/// Writes down what became of jobs, each outcome as points for one entry of the page. All of a batch or nothing.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 3))]
#[codama(account(name = "coordinator", signer))]
#[codama(account(name = "reputation", default_value = pda("reputation", [])))]
#[codama(account(name = "page", writable))]
#[codama(argument(after, "outcomes", array(link("outcome"), remainder_count)))]
#[repr(C)]
pub struct RecordOutcomes {
    /// One more than the page's, so that no batch counts twice.
    #[codama(type = number(u64))]
    pub sequence: [u8; 8],
}

impl RecordOutcomes {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [coordinator, reputation, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let (sequence, outcomes) = data.split_first_chunk::<8>().ok_or(ProgramError::InvalidInstructionData)?;
        let (outcomes, rest) = outcomes.as_chunks::<4>();

        Reputation::read(reputation, program_id)?.require_coordinator(coordinator)?;
        require(rest.is_empty(), ReputationError::BatchMalformed)?;
        require(!outcomes.is_empty(), ReputationError::BatchEmpty)?;
        let address = *account.address();
        let page = Page::write(account, program_id)?;
        require(u64::from_le_bytes(*sequence) == page.sequence.wrapping_add(1), ReputationError::WrongSequence)?;
        // The lesser of the two, so that an index below it is known to be inside of the array.
        let count = page.count.min(PAGE_ENTRIES as u8);

        page.sequence = u64::from_le_bytes(*sequence);
        page.updated_at = now_seconds()?;
        for [entry, kind, low, high] in outcomes {
            require(*entry < count, ReputationError::UnknownEntry)?;
            // SAFETY: `entry` is below `count`, which is at most `PAGE_ENTRIES`.
            let entry = unsafe { page.entries.get_unchecked_mut(usize::from(*entry)) };
            entry.record(*kind, u16::from_le_bytes([*low, *high]))?;
        }
        OutcomesRecordedEvent {
            discriminator: OutcomesRecordedEvent::DISCRIMINATOR,
            version: OutcomesRecordedEvent::VERSION,
            page: address,
            sequence: *sequence,
            count: (outcomes.len() as u32).to_le_bytes(),
        }
        .emit();
        Ok(())
    }
}
