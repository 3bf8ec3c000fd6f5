use codama_macros::CodamaType;
use pinocchio::Address;

/// What became of one node's jobs. Counters stop at their largest value.
#[derive(CodamaType)]
#[repr(C)]
pub struct ReputationEntry {
    #[codama(type = public_key)]
    pub wallet: Address,
    pub assigned: u32,
    pub completed: u32,
    /// Per mille.
    pub accuracy_sum: u32,
    pub accuracy_count: u32,
    pub rating_sum: u32,
    pub rating_count: u32,
    pub proofs: u32,
    pub valid_proofs: u32,
    /// Per mille.
    pub uptime_sum: u32,
    pub uptime_count: u32,
    /// Points for what happened, which are added to the score.
    pub events: i32,
    /// 0 to 1000.
    pub score: u16,
    /// 0 bronze, 1 silver, 2 gold, 3 diamond.
    pub tier: u8,
    pub reserved: u8,
}

const _: () = assert!(core::mem::size_of::<ReputationEntry>() == 80);
