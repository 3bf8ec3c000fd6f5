use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{layout::Arguments, token::require_token_program};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    slashing::{slash, Cause, SlashAccounts},
    state::{node::Node, registry::Registry, slash_reason::SlashReason},
};

/// A job of the node is over through its fault, for which its stake answers. Called by job-escrow.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 6))]
#[codama(account(
    name = "authority",
    signer,
    docs = "The escrow program's platform account, which only that program can sign for"
))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable))]
#[codama(account(name = "stakeVault", writable, default_value = pda("stakeVault", [account("node")])))]
#[codama(account(name = "insurance", writable, docs = "The registry's insurance account"))]
#[codama(account(name = "mint", writable, docs = "The registry's mint, to burn from"))]
#[codama(account(
    name = "payerToken",
    writable,
    docs = "Where the job's payer gets its part; need not be able to receive"
))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct SlashForJob {
    #[codama(type = link("slashReason"))]
    pub reason: u8,
    #[codama(type = public_key)]
    pub escrow: Address,
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for SlashForJob {}

impl SlashForJob {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [authority, registry, node, stake_vault, insurance, mint, payer_token, token_program, ..] = accounts
        else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let reason = SlashReason::from_byte(arguments.reason).ok_or(RegistryError::UnknownReason)?;

        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        let registry = Registry::read(registry, program_id)?;
        registry.require_escrow_program(authority)?;
        let ended = Node::write(node, program_id)?;

        ended.running_jobs = ended.running_jobs.saturating_sub(1);
        let cause = Cause {
            reason,
            escrow: &arguments.escrow,
            nonce: u64::from_le_bytes(arguments.nonce),
            evidence: &arguments.evidence,
        };
        let accounts = SlashAccounts { node, stake_vault, insurance, mint, payer_token: Some(payer_token) };
        slash(accounts, registry, &cause, program_id)
    }
}
