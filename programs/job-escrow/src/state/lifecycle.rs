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
    /// Kept for proofs that are committed before they are shown.
    Committed = 3,
    /// The final root and the result's hash are on chain.
    Proven = 4,
    /// Kept for disputes.
    Disputed = 5,
    /// Kept for appeals.
    Appealed = 6,
    /// Over: tokens are where they belong, the slot is free for the payer's next job.
    Settled = 7,
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
}

/// Everything that can happen to an escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscrowMove {
    Create,
    Start,
    AnchorCheckpoint,
    AnchorFinal,
    Complete,
    Refund,
    Cancel,
    TimeOut,
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
            _ => return None,
        })
    }

    /// The table of legal moves: what is not in it is refused.
    pub const fn after(self, event: EscrowMove) -> Option<Self> {
        use {EscrowMove::*, EscrowState::*};
        match (self, event) {
            (Empty | Settled, Create) => Some(Created),
            (Created, Start) => Some(Running),
            (Running, AnchorCheckpoint) => Some(Running),
            // A proof that turned out invalid may be replaced once (counted in the escrow).
            (Running | Proven, AnchorFinal) => Some(Proven),
            (Proven, Complete) => Some(Settled),
            (Created | Running | Proven, Refund) => Some(Settled),
            (Created, Cancel) => Some(Settled),
            (Created | Running | Proven, TimeOut) => Some(Settled),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [EscrowState; 8] = [
        EscrowState::Empty,
        EscrowState::Created,
        EscrowState::Running,
        EscrowState::Committed,
        EscrowState::Proven,
        EscrowState::Disputed,
        EscrowState::Appealed,
        EscrowState::Settled,
    ];

    #[test]
    fn bytes_and_states_are_the_same_numbers() {
        for state in STATES {
            assert_eq!(EscrowState::from_byte(state as u8), Some(state));
        }
        assert_eq!(EscrowState::from_byte(8), None);
    }

    #[test]
    fn every_reachable_state_before_the_end_has_a_way_out_without_the_coordinator() {
        for state in [EscrowState::Created, EscrowState::Running, EscrowState::Proven] {
            assert_eq!(state.after(EscrowMove::TimeOut), Some(EscrowState::Settled));
        }
    }

    #[test]
    fn a_settled_slot_can_only_be_used_again() {
        for event in [
            EscrowMove::Start,
            EscrowMove::AnchorCheckpoint,
            EscrowMove::AnchorFinal,
            EscrowMove::Complete,
            EscrowMove::Refund,
            EscrowMove::Cancel,
            EscrowMove::TimeOut,
        ] {
            assert_eq!(EscrowState::Settled.after(event), None);
        }
    }
}
