pub mod node;
pub mod pda;
pub mod registry;
pub mod status;
