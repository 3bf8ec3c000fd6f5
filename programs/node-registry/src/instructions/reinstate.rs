use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, event::Event, layout::Arguments, time::now_seconds};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    event::NodeReinstatedEvent,
    state::{node::Node, status::NodeMove},
};

/// Ends a suspension whose time is over. Anybody may do it.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 11))]
#[codama(account(name = "node", writable))]
#[repr(C)]
pub struct Reinstate {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for Reinstate {}

impl Reinstate {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        let address = *account.address();
        let node = Node::write(account, program_id)?;
        let status = node.status_after(NodeMove::Reinstate)?;
        require(now_seconds()? >= node.suspended_until, RegistryError::StillSuspended)?;

        node.status = status as u8;
        NodeReinstatedEvent {
            discriminator: NodeReinstatedEvent::DISCRIMINATOR,
            version: NodeReinstatedEvent::VERSION,
            node: address,
        }
        .emit();
        Ok(())
    }
}
