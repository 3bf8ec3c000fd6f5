use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{address::address_eq, error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    event::EscrowStartedEvent,
    registry::RegistryAccounts,
    state::{
        escrow::{Escrow, REPORT_DUE},
        lifecycle::EscrowMove,
        platform::Platform,
    },
};

/// The node takes the job, and the registry counts it as running. From here the payer can no longer cancel for free.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 3))]
#[codama(account(name = "node", signer, docs = "The node's wallet"))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "registry", docs = "The registry program's own account"))]
#[codama(account(name = "nodeAccount", writable, docs = "Account of the node in the registry program"))]
#[codama(account(name = "registryProgram", docs = "The platform's registry program"))]
#[repr(C)]
pub struct StartEscrow {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for StartEscrow {}

impl StartEscrow {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [node, platform_account, account, registry, node_account, registry_program, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(node, EscrowError::WrongSigner)?;
        let platform = Platform::read(platform_account, program_id)?;
        let (escrow, escrow_address) = Escrow::write(account, arguments.nonce, program_id)?;
        require(address_eq(node.address(), &escrow.node), EscrowError::WrongSigner)?;
        let state = escrow.state_after(EscrowMove::Start)?;
        let now = now_seconds()?;
        require(now < escrow.deadline, EscrowError::DeadlinePassed)?;
        let registry = RegistryAccounts {
            platform: platform_account,
            registry,
            node: node_account,
            program: registry_program,
        };
        registry.require(&escrow.node, platform)?;

        escrow.state = state as u8;
        escrow.started_at = now;
        escrow.reported = REPORT_DUE;
        EscrowStartedEvent {
            discriminator: EscrowStartedEvent::DISCRIMINATOR,
            version: EscrowStartedEvent::VERSION,
            escrow: escrow_address,
            nonce: arguments.nonce,
            job_id: escrow.job_id,
        }
        .emit();
        registry.job_started(platform)
    }
}
