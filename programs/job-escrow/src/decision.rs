//! What an arbiter's decision means for the tokens.

use pinocchio::error::ProgramError;

use crate::{
    error::EscrowError,
    payout::{DepositTo, Ending, Payment},
    state::{
        escrow::Escrow,
        lifecycle::{EscrowDecision, EscrowOutcome, EscrowState, NodeFault},
    },
};

/// Whom the appeal's deposit goes back to: whoever lost by the first decision. Without an appeal it is zero.
pub const fn appellant(first: EscrowDecision) -> DepositTo {
    match first {
        EscrowDecision::ForPayer => DepositTo::Node,
        _ => DepositTo::Payer,
    }
}

/// How a decision pays out: everything to the payer, or what a completed job would have paid.
pub fn payment_of(
    escrow: &Escrow,
    decision: EscrowDecision,
    deposit_to: DepositTo,
    state: EscrowState,
    now: i64,
) -> Result<Payment, ProgramError> {
    let (outcome, fault, (to_node, to_treasury)) = match decision {
        EscrowDecision::ForPayer => (EscrowOutcome::ResolvedForPayer, NodeFault::DisputeLost, (0, 0)),
        EscrowDecision::ForNode => (EscrowOutcome::ResolvedForNode, NodeFault::None, escrow.shares()),
        EscrowDecision::None => return Err(EscrowError::ParameterOutOfRange.into()),
    };
    Ok(Payment { ending: Ending { state, outcome, fault, now }, to_node, to_treasury, deposit_to })
}
