//! node-registry: who may work, and the stake that answers for it. See `programs/README.md`.
#![no_std]

pub mod error;
pub mod event;
pub mod instructions;
pub mod processor;
pub mod slashing;
pub mod state;

#[cfg(all(feature = "entrypoint", any(target_os = "solana", target_arch = "bpf")))]
mod entrypoint {
    pinocchio::program_entrypoint!(crate::processor::process, 16);
    pinocchio::no_allocator!();
}

codama_macros::codama_program!(name = "nodeRegistry", address = "CyxNodeRegistry1111111111111111111111111111");
