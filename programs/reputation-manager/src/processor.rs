use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::instructions::{
    accept_reputation_admin::AcceptReputationAdmin, add_node::AddNode,
    initialize_reputation::InitializeReputation, open_page::OpenPage,
    propose_reputation_admin::ProposeReputationAdmin, record_outcomes::RecordOutcomes,
    set_reputation_coordinator::SetReputationCoordinator,
};

/// The first byte of the instruction data is the instruction's number; the rest are its arguments.
#[inline(always)]
pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((0, rest)) => InitializeReputation::process(program_id, accounts, rest),
        Some((1, rest)) => OpenPage::process(program_id, accounts, rest),
        Some((2, rest)) => AddNode::process(program_id, accounts, rest),
        Some((3, rest)) => RecordOutcomes::process(program_id, accounts, rest),
        Some((4, rest)) => ProposeReputationAdmin::process(program_id, accounts, rest),
        Some((5, rest)) => AcceptReputationAdmin::process(program_id, accounts, rest),
        Some((6, rest)) => SetReputationCoordinator::process(program_id, accounts, rest),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
