use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{event::Event, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    event::NodeJobsEvent,
    state::{node::Node, registry::Registry, status::NodeMove},
};

/// A job of the node runs from now on. Called by job-escrow.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 4))]
#[codama(account(
    name = "authority",
    signer,
    docs = "The escrow program's platform account, which only that program can sign for"
))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable))]
#[repr(C)]
pub struct JobStarted {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for JobStarted {}

impl JobStarted {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, registry, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        Registry::read(registry, program_id)?.require_escrow_program(authority)?;
        let address = *account.address();
        let node = Node::write(account, program_id)?;
        node.status_after(NodeMove::StartJob)?;

        node.running_jobs = node.running_jobs.checked_add(1).ok_or(RegistryError::Overflow)?;
        NodeJobsEvent::now(address, node).emit();
        Ok(())
    }
}
