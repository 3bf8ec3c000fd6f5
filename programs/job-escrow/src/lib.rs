//! job-escrow: holds a job's tokens until rules, not people, say where they go. See `programs/README.md`.
#![no_std]

pub mod decision;
pub mod error;
pub mod event;
pub mod instructions;
pub mod payout;
pub mod processor;
pub mod proof;
pub mod registry;
pub mod state;

#[cfg(all(feature = "entrypoint", any(target_os = "solana", target_arch = "bpf")))]
mod entrypoint {
    pinocchio::program_entrypoint!(crate::processor::process, 16);
    pinocchio::no_allocator!();
}

codama_macros::codama_program!(name = "jobEscrow", address = "CyxJobEscrow1111111111111111111111111111111");
