use codama_macros::CodamaErrors;
use pinocchio::error::ProgramError;

/// Why reputation-manager refuses. Numbers are never changed or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, CodamaErrors)]
#[repr(u32)]
pub enum ReputationError {
    #[codama(error("A required signature is missing or comes from the wrong key"))]
    WrongSigner = 6200,
    #[codama(error("An account that must change is not writable"))]
    NotWritable = 6201,
    #[codama(error("The program, its data account or its upgrade authority do not match"))]
    NotDeployer = 6202,
    #[codama(error("The account is not this program's reputation account"))]
    WrongReputation = 6203,
    #[codama(error("The account is not a page of this program, or not at the page's address"))]
    WrongPage = 6204,
    #[codama(error("The account exists already"))]
    AlreadyExists = 6205,
    #[codama(error("An address of only zeros is none"))]
    FieldEmpty = 6206,
    #[codama(error("There are no pages from this index on"))]
    PageIndexTooLarge = 6207,
    #[codama(error("The page has no room for another node"))]
    PageFull = 6208,
    #[codama(error("The page has an entry for this node already"))]
    DuplicateNode = 6209,
    #[codama(error("The batch is not the page's next"))]
    WrongSequence = 6210,
    #[codama(error("A batch has at least one outcome"))]
    BatchEmpty = 6211,
    #[codama(error("Outcomes are four bytes each: entry, kind, value"))]
    BatchMalformed = 6212,
    #[codama(error("The page has no such entry"))]
    UnknownEntry = 6213,
    #[codama(error("There is no such kind of outcome"))]
    UnknownKind = 6214,
    #[codama(error("The value is out of range for its kind"))]
    ValueOutOfRange = 6215,
}

impl From<ReputationError> for ProgramError {
    fn from(error: ReputationError) -> Self {
        ProgramError::Custom(error as u32)
    }
}
