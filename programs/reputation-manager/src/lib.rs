//! reputation-manager: what became of every node's jobs, and the score that follows from it. See `programs/README.md`.
#![no_std]

pub mod error;
pub mod event;
pub mod instructions;
pub mod processor;
pub mod state;

#[cfg(all(feature = "entrypoint", any(target_os = "solana", target_arch = "bpf")))]
mod entrypoint {
    pinocchio::program_entrypoint!(crate::processor::process, 8);
    pinocchio::no_allocator!();
}

codama_macros::codama_program!(
    name = "reputationManager",
    address = "CyxReputation111111111111111111111111111111"
);
