use codama_macros::CodamaType;

/// What a node may do. `Empty` is the zero of an account that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum NodeStatus {
    Empty = 0,
    Active = 1,
    Suspended = 2,
    Banned = 3,
    Withdrawn = 4,
}

/// Everything that can happen to a node account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeMove {
    Register,
    Stake,
    Update,
    StartJob,
    /// Requests a withdrawal, or takes the request back.
    RequestWithdrawal,
    /// Gets the last of its stake back.
    WithdrawAll,
    ClaimRewards,
    /// Is slashed for the third failure within the window.
    Suspend,
    /// Is slashed for a dispute it lost.
    Ban,
    Reinstate,
}

impl NodeStatus {
    pub const fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Active,
            2 => Self::Suspended,
            4 => Self::Withdrawn,
            0 => Self::Empty,
            // A number from the future is treated like the strictest status.
            _ => Self::Banned,
        }
    }

    /// The table of legal moves: what is not in it is refused. Nothing leads away from `Banned`, and neither taking
    /// the stake out nor putting it in again shortens a suspension.
    pub const fn after(self, event: NodeMove) -> Option<Self> {
        use {NodeMove::*, NodeStatus::*};
        match (self, event) {
            (Empty, Register) => Some(Active),
            (Active, Stake | Update | StartJob | RequestWithdrawal | ClaimRewards) => Some(Active),
            (Active, WithdrawAll) => Some(Withdrawn),
            (Suspended, Stake | Update | RequestWithdrawal | WithdrawAll | ClaimRewards) => Some(Suspended),
            (Suspended, Reinstate) => Some(Active),
            (Banned, RequestWithdrawal | WithdrawAll) => Some(Banned),
            (Withdrawn, Stake) => Some(Active),
            (Withdrawn, ClaimRewards) => Some(Withdrawn),
            (Active | Suspended | Withdrawn, Suspend) => Some(Suspended),
            (Banned, Suspend) => Some(Banned),
            (Active | Suspended | Banned | Withdrawn, Ban) => Some(Banned),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use NodeMove::*;

    const MOVES: [NodeMove; 10] =
        [Register, Stake, Update, StartJob, RequestWithdrawal, WithdrawAll, ClaimRewards, Suspend, Ban, Reinstate];

    #[test]
    fn nothing_leads_away_from_banned() {
        for event in MOVES {
            assert!(matches!(NodeStatus::Banned.after(event), None | Some(NodeStatus::Banned)));
        }
    }

    #[test]
    fn only_reinstating_ends_a_suspension_and_only_an_active_node_starts_jobs() {
        for event in MOVES {
            let ends = NodeStatus::Suspended.after(event) == Some(NodeStatus::Active);
            assert_eq!(ends, event == Reinstate);
        }
        for byte in 0..=255u8 {
            let status = NodeStatus::from_byte(byte);
            assert_eq!(status.after(StartJob).is_some(), status == NodeStatus::Active);
        }
    }

    #[test]
    fn every_node_can_be_slashed() {
        for byte in 1..=255u8 {
            let status = NodeStatus::from_byte(byte);
            assert!(status.after(Suspend).is_some() && status.after(Ban).is_some());
        }
    }
}
