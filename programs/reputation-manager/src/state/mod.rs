pub mod entry;
pub mod outcome;
pub mod page;
pub mod pda;
pub mod points;
pub mod reputation;
pub mod score;
