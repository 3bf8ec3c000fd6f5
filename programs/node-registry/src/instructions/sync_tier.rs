use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};
use reputation_manager::state::page::Page;

use crate::{
    error::RegistryError,
    event::TierSyncedEvent,
    state::{node::Node, registry::Registry},
};

/// Copies a node's tier from its entry in reputation-manager. Anybody may do it; the first time settles which entry is
/// the node's.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 14))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable))]
#[codama(account(name = "page", docs = "The page of reputation-manager that has the node's entry"))]
#[repr(C)]
pub struct SyncTier {
    pub entry: u8,
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for SyncTier {}

impl SyncTier {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [registry, account, page, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let index = Self::read(data)?.entry;

        let registry = Registry::read(registry, program_id)?;
        let page = Page::read(page, &registry.reputation_program, RegistryError::WrongPage)?;
        let address = *account.address();
        let node = Node::write(account, program_id)?;
        let entry = page.entry(index).ok_or(RegistryError::WrongPage)?;
        require(address_eq(&entry.wallet, &node.wallet), RegistryError::WrongPage)?;
        let number = page.entry_number(index);
        require(node.reputation_entry == 0 || node.reputation_entry == number, RegistryError::WrongPage)?;

        node.reputation_entry = number;
        node.tier = entry.tier;
        TierSyncedEvent {
            discriminator: TierSyncedEvent::DISCRIMINATOR,
            version: TierSyncedEvent::VERSION,
            tier: entry.tier,
            node: address,
            reputation_entry: number.to_le_bytes(),
        }
        .emit();
        Ok(())
    }
}
