use codama_macros::CodamaAccount;
use cyxwiz_program_common::{
    check::require_writable,
    layout::{load, load_mut, Layout},
};
use pinocchio::{error::ProgramError, AccountView, Address};

use crate::{error::ReputationError, state::entry::ReputationEntry};

/// Nodes in one page: its account can be made by one instruction, which is limited to 10,240 bytes.
pub const PAGE_ENTRIES: usize = 120;

/// One entry's number is page × 128 + entry + 1, which has to fit into 32 bits.
pub const ENTRY_STRIDE: u32 = 128;
pub const PAGES: u32 = u32::MAX / ENTRY_STRIDE;

/// The reputation of up to 120 nodes in one account, so that a hundred updates fit into one transaction.
#[derive(CodamaAccount)]
#[codama(discriminator(field = "discriminator"))]
#[codama(seed(type = string(utf8), value = "page"))]
#[codama(seed(name = "pageIndex", type = number(u32)))]
#[repr(C)]
pub struct Page {
    #[codama(value = 7)]
    pub discriminator: u8,
    pub version: u8,
    pub bump: u8,
    /// Entries in use.
    pub count: u8,
    pub page_index: u32,
    /// Number of the last batch.
    pub sequence: u64,
    pub updated_at: i64,
    #[codama(type = fixed_size(bytes, 40))]
    pub reserved: [u8; 40],
    #[codama(type = array(link("reputationEntry"), fixed_count(120)))]
    pub entries: [ReputationEntry; PAGE_ENTRIES],
}

// SAFETY: `repr(C)`, 8-aligned, the fields fill the size exactly, all of them plain integers and bytes.
unsafe impl Layout for Page {
    const DISCRIMINATOR: u8 = 7;
    const VERSION: u8 = 1;
}
const _: () = assert!(Page::LEN == 9_664 && core::mem::align_of::<Page>() == 8);

impl Page {
    /// Reads a page of the reputation program `program_id` after checking owner and layout; for node-registry. That
    /// settles the address too: only `open_page` makes such accounts, and only at the address of their index.
    #[inline(always)]
    pub fn read<'a, E: Into<ProgramError>>(
        account: &'a AccountView,
        program_id: &Address,
        error: E,
    ) -> Result<&'a Self, ProgramError> {
        load(account, program_id, error)
    }

    /// A page of this program, for writing.
    #[inline(always)]
    pub fn write<'a>(account: &'a mut AccountView, program_id: &Address) -> Result<&'a mut Self, ProgramError> {
        require_writable(account, ReputationError::NotWritable)?;
        load_mut(account, program_id, ReputationError::WrongPage)
    }

    /// The entry at this place, if it is in use.
    pub fn entry(&self, entry: u8) -> Option<&ReputationEntry> {
        if entry < self.count {
            self.entries.get(usize::from(entry))
        } else {
            None
        }
    }

    /// The number by which a node names its entry; never 0.
    pub fn entry_number(&self, entry: u8) -> u32 {
        self.page_index.wrapping_mul(ENTRY_STRIDE).wrapping_add(u32::from(entry) + 1)
    }
}
