pub mod accept_reputation_admin;
pub mod add_node;
pub mod initialize_reputation;
pub mod open_page;
pub mod propose_reputation_admin;
pub mod record_outcomes;
pub mod set_reputation_coordinator;
