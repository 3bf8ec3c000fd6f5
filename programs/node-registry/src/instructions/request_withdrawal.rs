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
    event::WithdrawalRequestedEvent,
    state::{node::Node, registry::Registry, status::NodeMove},
};

/// Puts stake on its way out. Until it is paid it still answers for what the node did.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 8))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "registry", default_value = pda("registry", [])))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[repr(C)]
pub struct RequestWithdrawal {
    #[codama(type = number(u64))]
    pub amount: [u8; 8],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for RequestWithdrawal {}

impl RequestWithdrawal {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, registry, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let amount = u64::from_le_bytes(Self::read(data)?.amount);

        require_signer(wallet, RegistryError::WrongSigner)?;
        require(amount > 0, RegistryError::AmountZero)?;
        let registry = Registry::read(registry, program_id)?;
        let address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        node.status_after(NodeMove::RequestWithdrawal)?;
        require(node.withdrawing == 0, RegistryError::WithdrawalPending)?;
        let now = now_seconds()?;
        require(now >= node.locked_until(registry.job_lock_seconds), RegistryError::StakeLocked)?;
        let staked = node.staked.checked_sub(amount).ok_or(RegistryError::NotEnoughStaked)?;

        node.accrue(registry.yield_bps, now);
        node.staked = staked;
        node.withdrawing = amount;
        node.withdrawal_requested_at = now;
        node.withdrawable_at = now.saturating_add(registry.withdrawal_seconds);
        WithdrawalRequestedEvent {
            discriminator: WithdrawalRequestedEvent::DISCRIMINATOR,
            version: WithdrawalRequestedEvent::VERSION,
            node: address,
            amount: amount.to_le_bytes(),
            staked: staked.to_le_bytes(),
        }
        .emit();
        Ok(())
    }
}
