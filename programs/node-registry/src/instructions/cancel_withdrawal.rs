use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    event::WithdrawalCancelledEvent,
    state::{node::Node, registry::Registry, status::NodeMove},
};

/// Makes stake of what was on its way out.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 10))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[repr(C)]
pub struct CancelWithdrawal {}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for CancelWithdrawal {}

impl CancelWithdrawal {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, registry, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        Self::read(data)?;

        require_signer(wallet, RegistryError::WrongSigner)?;
        let registry = Registry::read(registry, program_id)?;
        let address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        node.status_after(NodeMove::RequestWithdrawal)?;
        let amount = node.withdrawing;
        require(amount > 0, RegistryError::NoWithdrawal)?;
        let staked = node.staked.checked_add(amount).ok_or(RegistryError::Overflow)?;

        node.accrue(registry.yield_bps, now_seconds()?);
        node.staked = staked;
        node.withdrawing = 0;
        WithdrawalCancelledEvent {
            discriminator: WithdrawalCancelledEvent::DISCRIMINATOR,
            version: WithdrawalCancelledEvent::VERSION,
            node: address,
            amount: amount.to_le_bytes(),
            staked: staked.to_le_bytes(),
        }
        .emit();
        Ok(())
    }
}
