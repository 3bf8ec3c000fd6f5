//! Checks that both programs make in the same way. Every function names the error it fails with through its
//! caller, so that each program keeps its own numbered errors.
#![no_std]

pub mod address;
pub mod amount;
pub mod check;
pub mod create;
pub mod deployer;
pub mod event;
pub mod hash;
pub mod layout;
pub mod time;
pub mod token;

// Here and not beside the entrypoints: a binary needs exactly one, and job-escrow contains node-registry's types.
pinocchio::nostd_panic_handler!();
