pub mod initialize_registry;
pub mod register;
pub mod stake;
pub mod update_node;
