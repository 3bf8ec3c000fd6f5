//! Calls of the registry, which must know of every job that runs. The platform's address signs them, so that the
//! registry can tell that it was this program; no vault is ever passed on.

use cyxwiz_program_common::check::{require, require_address};
use node_registry::state::node::Node;
use pinocchio::{
    address::address_eq,
    cpi::{invoke_signed, Seed, Signer},
    instruction::{InstructionAccount, InstructionView},
    AccountView, Address, ProgramResult,
};

use crate::{
    error::EscrowError,
    state::{pda::PLATFORM_SEED, platform::Platform},
};

const JOB_STARTED: u8 = 4;
const JOB_ENDED: u8 = 5;
const SLASH_FOR_JOB: u8 = 6;

/// What every call has in common.
pub struct RegistryAccounts<'a> {
    pub platform: &'a AccountView,
    pub registry: &'a AccountView,
    pub node: &'a AccountView,
    pub program: &'a AccountView,
}

/// Where what is slashed goes.
pub struct SlashAccounts<'a> {
    pub stake_vault: &'a AccountView,
    pub insurance: &'a AccountView,
    pub mint: &'a AccountView,
    pub payer_token: &'a AccountView,
    pub token_program: &'a AccountView,
}

/// Arguments of `slash_for_job` behind its number.
#[repr(C)]
pub struct Slash {
    pub fault: u8,
    pub escrow: Address,
    pub nonce: [u8; 8],
    pub evidence: [u8; 32],
}

impl RegistryAccounts<'_> {
    /// Fails unless the program is the platform's registry and the account the one of this node's wallet there.
    pub fn require(&self, wallet: &Address, platform: &Platform) -> ProgramResult {
        require_address(self.program, &platform.registry_program, EscrowError::WrongRegistry)?;
        let node = Node::read(self.node, &platform.registry_program, EscrowError::WrongNode)?;
        require(address_eq(&node.wallet, wallet), EscrowError::WrongNode)
    }

    /// One job more runs on the node.
    pub fn job_started(&self, platform: &Platform) -> ProgramResult {
        self.call(JOB_STARTED, platform.bump)
    }

    /// One job less runs on the node.
    pub fn job_ended(&self, platform: &Platform) -> ProgramResult {
        self.call(JOB_ENDED, platform.bump)
    }

    fn call(&self, number: u8, bump: u8) -> ProgramResult {
        let instruction = InstructionView {
            program_id: self.program.address(),
            accounts: &[
                InstructionAccount::readonly_signer(self.platform.address()),
                InstructionAccount::readonly(self.registry.address()),
                InstructionAccount::writable(self.node.address()),
            ],
            data: &[number],
        };
        let bump = [bump];
        let seeds = [Seed::from(PLATFORM_SEED), Seed::from(&bump)];
        invoke_signed(&instruction, &[self.platform, self.registry, self.node], &[Signer::from(&seeds)])
    }

    /// One job less runs on the node, which answers for it with its stake.
    #[inline(never)]
    pub fn slash_for_job(&self, slash: &Slash, to: &SlashAccounts, bump: u8) -> ProgramResult {
        let mut data = [SLASH_FOR_JOB; 1 + size_of::<Slash>()];
        data[1] = slash.fault;
        data[2..34].copy_from_slice(slash.escrow.as_array());
        data[34..42].copy_from_slice(&slash.nonce);
        data[42..74].copy_from_slice(&slash.evidence);
        let instruction = InstructionView {
            program_id: self.program.address(),
            accounts: &[
                InstructionAccount::readonly_signer(self.platform.address()),
                InstructionAccount::readonly(self.registry.address()),
                InstructionAccount::writable(self.node.address()),
                InstructionAccount::writable(to.stake_vault.address()),
                InstructionAccount::writable(to.insurance.address()),
                InstructionAccount::writable(to.mint.address()),
                InstructionAccount::writable(to.payer_token.address()),
                InstructionAccount::readonly(to.token_program.address()),
            ],
            data: &data,
        };
        let bump = [bump];
        let seeds = [Seed::from(PLATFORM_SEED), Seed::from(&bump)];
        invoke_signed(
            &instruction,
            &[
                self.platform,
                self.registry,
                self.node,
                to.stake_vault,
                to.insurance,
                to.mint,
                to.payer_token,
                to.token_program,
            ],
            &[Signer::from(&seeds)],
        )
    }
}
