use codama_macros::CodamaType;

/// What became of a job, or of something else that counts for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaType)]
#[repr(u8)]
pub enum OutcomeKind {
    /// Paid; the value is how near the estimate of its time was, per mille.
    Completed = 0,
    Failed = 1,
    TimedOut = 2,
    InvalidProof = 3,
    DisputeLost = 4,
    DisputeWon = 5,
    /// The value is 0 to 5 stars.
    Rated = 6,
    /// The value is the share of time the node answered, per mille.
    Uptime = 7,
    /// Thirty days of uptime.
    UptimeMonth = 8,
}

/// One line of a batch.
#[derive(CodamaType)]
#[repr(C)]
pub struct Outcome {
    /// Which entry of the page.
    pub entry: u8,
    #[codama(type = link("outcomeKind"))]
    pub kind: u8,
    #[codama(type = number(u16))]
    pub value: [u8; 2],
}
