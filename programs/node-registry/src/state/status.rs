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

    /// The table of legal moves: what is not in it is refused.
    pub const fn after(self, event: NodeMove) -> Option<Self> {
        use {NodeMove::*, NodeStatus::*};
        match (self, event) {
            (Empty, Register) => Some(Active),
            (Active, Stake | Update) => Some(Active),
            (Suspended, Stake | Update) => Some(Suspended),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_or_withdrawn_node_is_the_end() {
        for status in [NodeStatus::Banned, NodeStatus::Withdrawn] {
            for event in [NodeMove::Register, NodeMove::Stake, NodeMove::Update] {
                assert_eq!(status.after(event), None);
            }
        }
    }
}
