use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::instructions::{
    accept_registry_admin::AcceptRegistryAdmin, cancel_withdrawal::CancelWithdrawal, claim_rewards::ClaimRewards,
    finish_withdrawal::FinishWithdrawal, initialize_registry::InitializeRegistry, job_ended::JobEnded,
    job_started::JobStarted, open_rewards::OpenRewards, propose_registry_admin::ProposeRegistryAdmin,
    register::Register, reinstate::Reinstate, request_withdrawal::RequestWithdrawal,
    set_registry_authorities::SetRegistryAuthorities, set_registry_paused::SetRegistryPaused, slash::Slash,
    slash_for_job::SlashForJob, stake::Stake, sync_tier::SyncTier, update_node::UpdateNode,
    update_registry::UpdateRegistry,
};

/// The first byte of the instruction data is the instruction's number; the rest are its arguments.
#[inline(always)]
pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((0, rest)) => InitializeRegistry::process(program_id, accounts, rest),
        Some((1, rest)) => Register::process(program_id, accounts, rest),
        Some((2, rest)) => Stake::process(program_id, accounts, rest),
        Some((3, rest)) => UpdateNode::process(program_id, accounts, rest),
        Some((4, rest)) => JobStarted::process(program_id, accounts, rest),
        Some((5, rest)) => JobEnded::process(program_id, accounts, rest),
        Some((6, rest)) => SlashForJob::process(program_id, accounts, rest),
        Some((7, rest)) => Slash::process(program_id, accounts, rest),
        Some((8, rest)) => RequestWithdrawal::process(program_id, accounts, rest),
        Some((9, rest)) => FinishWithdrawal::process(program_id, accounts, rest),
        Some((10, rest)) => CancelWithdrawal::process(program_id, accounts, rest),
        Some((11, rest)) => Reinstate::process(program_id, accounts, rest),
        Some((12, rest)) => OpenRewards::process(program_id, accounts, rest),
        Some((13, rest)) => ClaimRewards::process(program_id, accounts, rest),
        Some((14, rest)) => SyncTier::process(program_id, accounts, rest),
        Some((15, rest)) => SetRegistryPaused::process(program_id, accounts, rest),
        Some((16, rest)) => ProposeRegistryAdmin::process(program_id, accounts, rest),
        Some((17, rest)) => AcceptRegistryAdmin::process(program_id, accounts, rest),
        Some((18, rest)) => UpdateRegistry::process(program_id, accounts, rest),
        Some((19, rest)) => SetRegistryAuthorities::process(program_id, accounts, rest),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
