use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::instructions::{
    accept_platform_admin::AcceptPlatformAdmin, anchor_root::AnchorRoot, appeal::Appeal,
    approve_payment::ApprovePayment, cancel_escrow::CancelEscrow, cancel_running::CancelRunning,
    close_slot::CloseSlot, collect_leftover::CollectLeftover, commit_proof::CommitProof,
    complete_payment::CompletePayment, create_escrow::CreateEscrow, execute_decision::ExecuteDecision,
    extend_escrow::ExtendEscrow, initialize_platform::InitializePlatform, migrate::Migrate, open_dispute::OpenDispute,
    propose_platform_admin::ProposePlatformAdmin, refund_escrow::RefundEscrow, report_fault::ReportFault,
    report_outcome::ReportOutcome, resolve_dispute::ResolveDispute, reveal_proof::RevealProof,
    set_paused::SetPaused, set_platform_authorities::SetPlatformAuthorities, start_escrow::StartEscrow,
    submit_evidence::SubmitEvidence, timeout_refund::TimeoutRefund, update_platform::UpdatePlatform,
};

/// The first byte of the instruction data is the instruction's number; the rest are its arguments.
#[inline(always)]
pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((2, rest)) => CreateEscrow::process(program_id, accounts, rest),
        Some((3, rest)) => StartEscrow::process(program_id, accounts, rest),
        Some((4, rest)) => AnchorRoot::process(program_id, accounts, rest),
        Some((5, rest)) => CompletePayment::process(program_id, accounts, rest),
        Some((6, rest)) => RefundEscrow::process(program_id, accounts, rest),
        Some((7, rest)) => CancelEscrow::process(program_id, accounts, rest),
        Some((8, rest)) => TimeoutRefund::process(program_id, accounts, rest),
        Some((9, rest)) => CommitProof::process(program_id, accounts, rest),
        Some((10, rest)) => RevealProof::process(program_id, accounts, rest),
        Some((19, rest)) => ReportOutcome::process(program_id, accounts, rest),
        Some((number, rest)) => process_rare(*number, &mut Call { program_id, accounts, data: rest }),
        None => Err(ProgramError::InvalidInstructionData),
    }
}

/// What an instruction is given. A struct, because a function takes five arguments at most.
struct Call<'a> {
    program_id: &'a Address,
    accounts: &'a mut [AccountView],
    data: &'a [u8],
}

/// What is not part of every job. A function of its own, because a function's frame has 4 KiB at most.
#[inline(never)]
fn process_rare(number: u8, call: &mut Call) -> ProgramResult {
    let Call { program_id, accounts, data } = call;
    match number {
        0 => InitializePlatform::process(program_id, accounts, data),
        1 => SetPaused::process(program_id, accounts, data),
        11 => ApprovePayment::process(program_id, accounts, data),
        12 => CancelRunning::process(program_id, accounts, data),
        13 => ExtendEscrow::process(program_id, accounts, data),
        14 => OpenDispute::process(program_id, accounts, data),
        15 => SubmitEvidence::process(program_id, accounts, data),
        16 => ResolveDispute::process(program_id, accounts, data),
        17 => Appeal::process(program_id, accounts, data),
        18 => ExecuteDecision::process(program_id, accounts, data),
        20 => ReportFault::process(program_id, accounts, data),
        21 => CloseSlot::process(program_id, accounts, data),
        22 => ProposePlatformAdmin::process(program_id, accounts, data),
        23 => AcceptPlatformAdmin::process(program_id, accounts, data),
        24 => UpdatePlatform::process(program_id, accounts, data),
        25 => SetPlatformAuthorities::process(program_id, accounts, data),
        26 => Migrate::process(program_id, accounts, data),
        27 => CollectLeftover::process(program_id, accounts, data),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
