use codama_macros::CodamaErrors;
use pinocchio::error::ProgramError;

/// Why job-escrow refuses. Numbers are never changed or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaErrors)]
#[repr(u32)]
pub enum EscrowError {
    #[codama(error("A required signature is missing or comes from the wrong key"))]
    WrongSigner = 6000,
    #[codama(error("An account that must change is not writable"))]
    NotWritable = 6001,
    #[codama(error("The program, its data account or its upgrade authority do not match"))]
    NotDeployer = 6002,
    #[codama(error("A parameter is out of range"))]
    ParameterOutOfRange = 6003,
    #[codama(error("The account is not this program's platform account"))]
    WrongPlatform = 6004,
    #[codama(error("The account is not an escrow of the present version"))]
    WrongEscrow = 6005,
    #[codama(error("The account is not the vault of this escrow"))]
    WrongVault = 6006,
    #[codama(error("The mint is not the platform's, or can be frozen"))]
    WrongMint = 6007,
    #[codama(error("Only the classic SPL token program is accepted"))]
    WrongTokenProgram = 6008,
    #[codama(error("The account is not the payer's token account, or not the one this escrow was paid from"))]
    WrongPayerToken = 6009,
    #[codama(error("The account is not a token account of the node's wallet"))]
    WrongNodeToken = 6010,
    #[codama(error("The account is not the platform's treasury"))]
    WrongTreasury = 6011,
    #[codama(error("The account is not a node of the platform's registry"))]
    WrongNode = 6012,
    #[codama(error("The node is not active"))]
    NodeNotActive = 6013,
    #[codama(error("The node's stake is too small for this amount"))]
    StakeTooSmall = 6014,
    #[codama(error("The payer and the node are the same wallet"))]
    PayerIsNode = 6015,
    #[codama(error("The amount must be more than zero"))]
    AmountZero = 6016,
    #[codama(error("The deadline is too near or too far"))]
    DeadlineOutOfRange = 6017,
    #[codama(error("The deadline has passed"))]
    DeadlinePassed = 6018,
    #[codama(error("The deadline has not passed yet"))]
    DeadlineNotPassed = 6019,
    #[codama(error("This is not possible in the escrow's present state"))]
    IllegalState = 6020,
    #[codama(error("The instruction is for another use of this slot"))]
    WrongNonce = 6021,
    #[codama(error("The platform takes no new escrows at the moment"))]
    Paused = 6022,
    #[codama(error("A root must cover more checkpoints than the one before it"))]
    RootNotMonotonic = 6023,
    #[codama(error("A root, result hash or job id of only zeros is none"))]
    FieldEmpty = 6024,
    #[codama(error("The checkpoints on chain are not those the instruction was made for"))]
    RootMismatch = 6025,
    #[codama(error("The challenge window has not passed, and the payer's terms allow no earlier release"))]
    ChallengeWindowOpen = 6026,
    #[codama(error("The vault holds less than the escrow's amount"))]
    VaultShort = 6027,
    #[codama(error("A sum does not fit into 64 bits"))]
    Overflow = 6028,
    #[codama(error("The account exists already"))]
    AlreadyExists = 6029,
    #[codama(error("A flag is not known"))]
    UnknownFlag = 6030,
    #[codama(error("An invalid proof may be submitted again only once"))]
    TooManyProofs = 6031,
    #[codama(error("A new slot's first nonce is the present time in seconds, give or take ten minutes"))]
    NonceOutOfRange = 6032,
    #[codama(error("The slot's nonce is too near to the present time to close it"))]
    SlotTooYoung = 6033,
    #[codama(error("The registry must hear of the slot's last job first"))]
    OutcomeNotReported = 6034,
    #[codama(error("The proof is not the one that was committed"))]
    CommitmentMismatch = 6035,
    #[codama(error("A proof can be revealed only in a later slot than it was committed in"))]
    RevealTooEarly = 6036,
    #[codama(error("The last checkpoint and the result do not lead to the root on chain"))]
    InvalidInclusion = 6037,
    #[codama(error("The program is not the platform's registry"))]
    WrongRegistry = 6038,
    #[codama(error("The other party still has time to submit evidence"))]
    EvidenceOpen = 6039,
    #[codama(error("The time for evidence has passed"))]
    EvidenceClosed = 6040,
    #[codama(error("The time for this has passed"))]
    WindowClosed = 6041,
    #[codama(error("The time that others have to object has not passed yet"))]
    WindowOpen = 6042,
    #[codama(error("Only the payer and the node take part in a dispute, and only the losing one can appeal"))]
    NotParty = 6043,
    #[codama(error("There is nothing that the registry has still to hear"))]
    NothingToReport = 6044,
    #[codama(error("The account is of no older version that could be migrated"))]
    WrongVersion = 6045,
}

impl From<EscrowError> for ProgramError {
    fn from(error: EscrowError) -> Self {
        ProgramError::Custom(error as u32)
    }
}
