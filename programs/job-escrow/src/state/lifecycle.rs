//! The life of an escrow: every state, and every legal move in one table.

use codama_macros::CodamaType;

/// `Empty` is the zero of an account that does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum EscrowState {
    Empty = 0,
    /// Tokens are in the vault; the node has not started.
    Created = 1,
    /// The node works.
    Running = 2,
    /// The proof's hash is on chain; the proof itself is still to be shown.
    Committed = 3,
    /// The final root and the result's hash are on chain.
    Proven = 4,
    /// The arbiter takes evidence, then decides.
    Disputed = 5,
    /// The losing party asked for a second decision.
    Appealed = 6,
    /// Over: tokens are where they belong, the slot is free for the payer's next job.
    Settled = 7,
    /// The arbiter has decided; the losing party may still appeal.
    Resolved = 8,
}

/// How the last use of a slot ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum EscrowOutcome {
    None = 0,
    Completed = 1,
    Refunded = 2,
    Cancelled = 3,
    TimedOut = 4,
    CancelledRunning = 5,
    ResolvedForPayer = 6,
    ResolvedForNode = 7,
    /// The payer paid without asking for the proof.
    Approved = 8,
}

/// What the arbiter decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum EscrowDecision {
    None = 0,
    ForPayer = 1,
    ForNode = 2,
}

/// What the node answers for with its stake; the numbers are the registry's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum NodeFault {
    None = 0,
    Failed = 1,
    InvalidProof = 2,
    DisputeLost = 3,
}

/// Everything that can happen to an escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscrowMove {
    Create,
    Start,
    Anchor,
    Commit,
    Reveal,
    Complete,
    Approve,
    Refund,
    Cancel,
    CancelRunning,
    Extend,
    TimeOut,
    Dispute,
    SubmitEvidence,
    Resolve,
    Appeal,
    Execute,
    Report,
    Close,
    Collect,
}

impl EscrowState {
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Empty,
            1 => Self::Created,
            2 => Self::Running,
            3 => Self::Committed,
            4 => Self::Proven,
            5 => Self::Disputed,
            6 => Self::Appealed,
            7 => Self::Settled,
            8 => Self::Resolved,
            _ => return None,
        })
    }

    /// The table of legal moves: what is not in it is refused.
    pub const fn after(self, event: EscrowMove) -> Option<Self> {
        use {EscrowMove::*, EscrowState::*};
        match (self, event) {
            (Empty | Settled, Create) => Some(Created),
            (Created, Start) => Some(Running),
            (Running, Anchor) => Some(Running),
            // A proof that turned out invalid may be replaced once (counted in the escrow).
            (Running | Committed | Proven, Commit) => Some(Committed),
            (Committed, Reveal) => Some(Proven),
            (Proven, Complete) => Some(Settled),
            (Running | Committed | Proven | Disputed, Approve) => Some(Settled),
            (Created | Running | Committed | Proven, Refund) => Some(Settled),
            (Created, Cancel) => Some(Settled),
            (Running, CancelRunning) => Some(Settled),
            (Created | Running | Committed, Extend) => Some(self),
            (Created | Running | Committed | Proven | Disputed, TimeOut) => Some(Settled),
            (Running | Committed | Proven, Dispute) => Some(Disputed),
            (Disputed | Appealed, SubmitEvidence) => Some(self),
            (Disputed, Resolve) => Some(Resolved),
            // There is no third decision.
            (Appealed, Resolve) => Some(Settled),
            (Resolved, Appeal) => Some(Appealed),
            (Resolved | Appealed, Execute) => Some(Settled),
            (Settled, Report) => Some(Settled),
            (Empty | Settled, Close) => Some(Empty),
            (Settled, Collect) => Some(Settled),
            _ => None,
        }
    }
}

impl EscrowDecision {
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::None,
            1 => Self::ForPayer,
            2 => Self::ForNode,
            _ => return None,
        })
    }
}

impl NodeFault {
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::None,
            1 => Self::Failed,
            2 => Self::InvalidProof,
            3 => Self::DisputeLost,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{EscrowMove::*, EscrowState::*, *};

    const STATES: [EscrowState; 9] =
        [Empty, Created, Running, Committed, Proven, Disputed, Appealed, Settled, Resolved];
    const MOVES: [EscrowMove; 20] = [
        Create,
        Start,
        Anchor,
        Commit,
        Reveal,
        Complete,
        Approve,
        Refund,
        Cancel,
        CancelRunning,
        Extend,
        TimeOut,
        Dispute,
        SubmitEvidence,
        Resolve,
        Appeal,
        Execute,
        Report,
        Close,
        Collect,
    ];

    #[test]
    fn bytes_and_states_are_the_same_numbers() {
        for state in STATES {
            assert_eq!(EscrowState::from_byte(state as u8), Some(state));
        }
        assert_eq!(EscrowState::from_byte(9), None);
        for decision in [EscrowDecision::None, EscrowDecision::ForPayer, EscrowDecision::ForNode] {
            assert_eq!(EscrowDecision::from_byte(decision as u8), Some(decision));
        }
        assert_eq!(EscrowDecision::from_byte(3), None);
        for fault in [NodeFault::None, NodeFault::Failed, NodeFault::InvalidProof, NodeFault::DisputeLost] {
            assert_eq!(NodeFault::from_byte(fault as u8), Some(fault));
        }
        assert_eq!(NodeFault::from_byte(4), None);
    }

    #[test]
    fn every_state_with_tokens_has_a_way_out_that_anybody_can_take() {
        for state in [Created, Running, Committed, Proven, Disputed, Resolved, Appealed] {
            assert!(state.after(TimeOut) == Some(Settled) || state.after(Execute) == Some(Settled));
        }
    }

    #[test]
    fn a_settled_slot_can_only_be_reported_emptied_used_again_or_closed() {
        for event in MOVES {
            assert_eq!(Settled.after(event).is_some(), matches!(event, Create | Report | Collect | Close));
        }
    }

    #[test]
    fn whoever_loses_can_appeal_once_only() {
        for state in STATES {
            assert_eq!(state.after(EscrowMove::Appeal), (state == Resolved).then_some(Appealed));
            if state != Disputed {
                assert_ne!(state.after(Resolve), Some(Resolved));
            }
        }
    }
}
