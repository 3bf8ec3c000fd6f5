use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::instructions::{
    anchor_root::AnchorRoot, cancel_escrow::CancelEscrow, complete_payment::CompletePayment,
    create_escrow::CreateEscrow, initialize_platform::InitializePlatform, refund_escrow::RefundEscrow,
    set_paused::SetPaused, start_escrow::StartEscrow, timeout_refund::TimeoutRefund,
};

/// The first byte of the instruction data is the instruction's number; the rest are its arguments.
#[inline(always)]
pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.split_first() {
        Some((0, rest)) => InitializePlatform::process(program_id, accounts, rest),
        Some((1, rest)) => SetPaused::process(program_id, accounts, rest),
        Some((2, rest)) => CreateEscrow::process(program_id, accounts, rest),
        Some((3, rest)) => StartEscrow::process(program_id, accounts, rest),
        Some((4, rest)) => AnchorRoot::process(program_id, accounts, rest),
        Some((5, rest)) => CompletePayment::process(program_id, accounts, rest),
        Some((6, rest)) => RefundEscrow::process(program_id, accounts, rest),
        Some((7, rest)) => CancelEscrow::process(program_id, accounts, rest),
        Some((8, rest)) => TimeoutRefund::process(program_id, accounts, rest),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
