use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_address},
    layout::Arguments,
    token::require_token_account,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::EscrowError,
    registry::{RegistryAccounts, Slash, SlashAccounts},
    state::{escrow::Escrow, lifecycle::NodeFault, platform::Platform},
};

/// Tells the registry that a job has ended by the node's fault, which slashes its stake. Nobody has to sign.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 20))]
#[codama(account(name = "platform", default_value = pda("platform", [])))]
#[codama(account(name = "escrow", writable))]
#[codama(account(name = "registry", docs = "The registry program's own account"))]
#[codama(account(name = "nodeAccount", writable, docs = "Account of the node in the registry program"))]
#[codama(account(name = "stakeVault", writable, docs = "The node's stake vault in the registry program"))]
#[codama(account(name = "insurance", writable, docs = "The registry's insurance account"))]
#[codama(account(name = "mint", writable, docs = "The registry's mint"))]
#[codama(account(name = "payerToken", writable, docs = "The token account this escrow was paid from"))]
#[codama(account(name = "tokenProgram", default_value = program("token")))]
#[codama(account(name = "registryProgram", docs = "The platform's registry program"))]
#[repr(C)]
pub struct ReportFault {
    #[codama(type = number(u64))]
    pub nonce: [u8; 8],
}

// SAFETY: `repr(C)`, only bytes.
unsafe impl Arguments for ReportFault {}

impl ReportFault {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [platform_account, account, registry, node_account, stake_vault, insurance, mint, payer_token, token_program, registry_program, ..] =
            accounts
        else {
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
        require_address(payer_token, &escrow.payer_token, EscrowError::WrongPayerToken)?;
        escrow.report(&escrow_address)?;
        require(escrow.fault != NodeFault::None as u8, EscrowError::NothingToReport)?;
        let slash = Slash {
            fault: escrow.fault,
            escrow: escrow_address,
            nonce: arguments.nonce,
            evidence: *escrow.fault_evidence(),
        };
        // An account that the payer gave away is no longer the payer's. The mint, which can receive nothing, then stands
        // for nobody.
        let is_payers =
            require_token_account(payer_token, &escrow.mint, &escrow.payer, EscrowError::WrongPayerToken).is_ok();
        let payer_token = if is_payers { &*payer_token } else { &*mint };
        registry.slash_for_job(
            &slash,
            &SlashAccounts { stake_vault, insurance, mint, payer_token, token_program },
            platform.bump,
        )
    }
}
