use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, is_same, require, require_signer},
    layout::Arguments,
    token::require_token_program,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    slashing::{slash, Cause, SlashAccounts},
    state::{node::Node, registry::Registry, slash_reason::SlashReason},
};

/// Slashes a node for what no escrow shows, with evidence named on chain. No payer gets a part of it: the arbiter's
/// key alone can send stake to the insurance account or burn it, and nowhere else.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 7))]
#[codama(account(name = "arbiter", signer))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable))]
#[codama(account(name = "stakeVault", writable, default_value = pda("stakeVault", [account("node")])))]
#[codama(account(name = "insurance", writable, docs = "The registry's insurance account"))]
#[codama(account(name = "mint", writable, docs = "The registry's mint, to burn from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[repr(C)]
pub struct Slash {
    #[codama(type = link("slashReason"))]
    pub reason: u8,
    #[codama(type = fixed_size(bytes, 32))]
    pub evidence: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for Slash {}

impl Slash {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [arbiter, registry, node, stake_vault, insurance, mint, token_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;
        let reason = SlashReason::from_byte(arguments.reason).ok_or(RegistryError::UnknownReason)?;

        require_signer(arbiter, RegistryError::WrongSigner)?;
        require_token_program(token_program, RegistryError::WrongTokenProgram)?;
        require(!is_empty(&arguments.evidence), RegistryError::FieldEmpty)?;
        let registry = Registry::read(registry, program_id)?;
        require(address_eq(arbiter.address(), &registry.arbiter), RegistryError::WrongSigner)?;
        let slashed = Node::write(node, program_id)?;
        require(!is_same(&arguments.evidence, &slashed.slash_evidence), RegistryError::EvidenceUsed)?;

        let no_escrow = Address::new_from_array([0; 32]);
        let cause = Cause { reason, escrow: &no_escrow, nonce: 0, evidence: &arguments.evidence };
        let accounts = SlashAccounts { node, stake_vault, insurance, mint, payer_token: None };
        slash(accounts, registry, &cause, program_id)
    }
}
