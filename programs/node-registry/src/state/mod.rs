pub mod failures;
pub mod node;
pub mod pda;
pub mod registry;
pub mod rewards;
pub mod slash_reason;
pub mod slash_shares;
pub mod status;
