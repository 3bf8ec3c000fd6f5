use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    event::NodeJobsEvent,
    state::{node::Node, registry::Registry},
};

/// A job of the node is over, through no fault of the node. Called by job-escrow.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 5))]
#[codama(account(
    name = "authority",
    signer,
    docs = "The escrow program's platform account, which only that program can sign for"
))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable))]
#[repr(C)]
pub struct JobEnded {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for JobEnded {}

impl JobEnded {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, registry, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        Registry::read(registry, program_id)?.require_escrow_program(authority)?;
        let address = *account.address();
        let node = Node::write(account, program_id)?;

        node.running_jobs = node.running_jobs.saturating_sub(1);
        NodeJobsEvent::now(address, node).emit();
        Ok(())
    }
}
