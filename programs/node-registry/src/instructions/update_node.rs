use codama_macros::CodamaInstruction;
use cyxwiz_program_common::{
    check::{is_empty, require, require_signer},
    event::Event,
    layout::Arguments,
    time::now_seconds,
};
use pinocchio::{error::ProgramError, AccountView, Address, ProgramResult};

use crate::{
    error::RegistryError,
    event::NodeUpdatedEvent,
    state::{node::Node, status::NodeMove},
};

/// Changes what a node says about itself: a new certificate, other hardware.
#[derive(CodamaInstruction)]
#[codama(discriminator(field = "discriminator"))]
#[codama(argument("discriminator", number(u8), value = 3))]
#[codama(account(name = "wallet", signer, docs = "The node's wallet"))]
#[codama(account(name = "node", writable, default_value = pda("node", [account("wallet")])))]
#[repr(C)]
pub struct UpdateNode {
    #[codama(type = public_key)]
    pub identity: Address,
    #[codama(type = fixed_size(bytes, 32))]
    pub fingerprint: [u8; 32],
    #[codama(type = fixed_size(bytes, 32))]
    pub capabilities_hash: [u8; 32],
}

// SAFETY: `repr(C)`, only byte arrays.
unsafe impl Arguments for UpdateNode {}

impl UpdateNode {
    #[inline(always)]
    pub fn process(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let [wallet, account, ..] = accounts else {
            return Err(ProgramError::NotEnoughAccountKeys);
        };
        let arguments = Self::read(data)?;

        require_signer(wallet, RegistryError::WrongSigner)?;
        require(!is_empty(&arguments.fingerprint), RegistryError::FieldEmpty)?;
        require(!is_empty(arguments.identity.as_array()), RegistryError::FieldEmpty)?;
        let node_address = *account.address();
        let node = Node::write_of(account, wallet.address(), program_id)?;
        let status = node.status_after(NodeMove::Update)?;

        node.status = status as u8;
        node.identity = arguments.identity;
        node.fingerprint = arguments.fingerprint;
        node.capabilities_hash = arguments.capabilities_hash;
        node.updated_at = now_seconds()?;
        NodeUpdatedEvent {
            discriminator: NodeUpdatedEvent::DISCRIMINATOR,
            version: NodeUpdatedEvent::VERSION,
            node: node_address,
            identity: arguments.identity,
            fingerprint: arguments.fingerprint,
            capabilities_hash: arguments.capabilities_hash,
        }
        .emit();
        Ok(())
    }
}
