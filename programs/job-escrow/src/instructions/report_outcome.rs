use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{check::require, layout::Arguments};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    registry::RegistryAccounts,
    state::{escrow::Escrow, lifecycle::NodeFault, platform::Platform},
};

/// Tells the registry that a job has ended without the node's fault. Nobody has to sign.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 19))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "registry", docs = "The registry program's own account"))]
#[codama(account(name = "nodeAccount", writable, docs = "Account of the node in the registry program"))]
#[codama(account(name = "registryProgram", docs = "The platform's registry program"))]
#[repr(C)]
pub struct ReportOutcome {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ReportOutcome {}

impl ReportOutcome {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [platform_account, account, registry, node_account, registry_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        let platform = Platform::read(platform_account, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        let registry = RegistryAccounts {
            platform: platform_account,
            registry,
            node: node_account,
            program: registry_program,
        };
        registry.require(&escrow.node, platform)?;
        escrow.report(&escrow_address)?;
        require(escrow.fault == NodeFault::None as u8, EscrowError::NothingToReport)?;
        registry.job_ended(platform)
    }
}
