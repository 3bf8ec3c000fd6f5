use codama_macros::CodamaType;

/// Why stake is slashed. The numbers are those of job-escrow's `NodeFault`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum SlashReason {
    None = 0,
    /// The job timed out, or the node failed it.
    Failed = 1,
    InvalidProof = 2,
    DisputeLost = 3,
}

impl SlashReason {
    /// The reason of this number; `None` is no reason.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Failed),
            2 => Some(Self::InvalidProof),
            3 => Some(Self::DisputeLost),
            _ => None,
        }
    }
}
