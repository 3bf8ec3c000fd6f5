use codama_macros::CodamaErrors;
use pinocchio::error::ProgramError;

/// Why node-registry refuses. Numbers are never changed or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaErrors)]
#[repr(u32)]
pub enum RegistryError {
    #[codama(error("A required signature is missing or comes from the wrong key"))]
    WrongSigner = 6100,
    #[codama(error("An account that must change is not writable"))]
    NotWritable = 6101,
    #[codama(error("The program, its data account or its upgrade authority do not match"))]
    NotDeployer = 6102,
    #[codama(error("A parameter is out of range"))]
    ParameterOutOfRange = 6103,
    #[codama(error("The account is not this program's registry account"))]
    WrongRegistry = 6104,
    #[codama(error("The account is not the node account of this wallet"))]
    WrongNode = 6105,
    #[codama(error("The account is not the stake vault of this node"))]
    WrongStakeVault = 6106,
    #[codama(error("The mint is not the platform's, can be frozen, or cannot be burned"))]
    WrongMint = 6107,
    #[codama(error("The token account has the wrong mint or owner"))]
    WrongTokenAccount = 6108,
    #[codama(error("Only the classic SPL token program is accepted"))]
    WrongTokenProgram = 6109,
    #[codama(error("The amount must be more than zero"))]
    AmountZero = 6110,
    #[codama(error("A sum does not fit into 64 bits"))]
    Overflow = 6111,
    #[codama(error("The account exists already"))]
    AlreadyExists = 6112,
    #[codama(error("This node may not do that in its present status"))]
    IllegalStatus = 6113,
    #[codama(error("The registry takes no new nodes at the moment"))]
    Paused = 6114,
    #[codama(error("A fingerprint, identity, authority or evidence of only zeros is none"))]
    FieldEmpty = 6115,
    #[codama(error("Stake is locked: the first thirty days, and longer for each running job"))]
    StakeLocked = 6116,
    #[codama(error("A withdrawal is under way already"))]
    WithdrawalPending = 6117,
    #[codama(error("No withdrawal is under way"))]
    NoWithdrawal = 6118,
    #[codama(error("The withdrawal's cooldown is not over"))]
    CooldownRunning = 6119,
    #[codama(error("The node has running jobs"))]
    JobsRunning = 6120,
    #[codama(error("The node has less at stake than this"))]
    NotEnoughStaked = 6121,
    #[codama(error("The suspension is not over"))]
    StillSuspended = 6122,
    #[codama(error("The last slash named this evidence already"))]
    EvidenceUsed = 6123,
    #[codama(error("There is no such reason to slash"))]
    UnknownReason = 6124,
    #[codama(error("The account is not the registry's insurance account"))]
    WrongInsurance = 6125,
    #[codama(error("The account is not the registry's rewards vault"))]
    WrongRewardsVault = 6126,
    #[codama(error("The stake has not been without a slash for long enough"))]
    RewardsNotDue = 6127,
    #[codama(error("There are no rewards to claim, or the vault is empty"))]
    NothingToClaim = 6128,
    #[codama(error("The page is not the reputation program's, or its entry is not this node's"))]
    WrongPage = 6129,
}

impl From<RegistryError> for ProgramError {
    fn from(error: RegistryError) -> Self {
        ProgramError::Custom(error as u32)
    }
}
