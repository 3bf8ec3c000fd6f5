use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::instructions::{
    initialize_registry::InitializeRegistry, register::Register, stake::Stake, update_node::UpdateNode,
};

/// The first byte of the instruction data is the instruction's number; the rest are its arguments.
#[inline(always)]
pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((0, rest)) => InitializeRegistry::process(program_id, accounts, rest),
        Some((1, rest)) => Register::process(program_id, accounts, rest),
        Some((2, rest)) => Stake::process(program_id, accounts, rest),
        Some((3, rest)) => UpdateNode::process(program_id, accounts, rest),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
