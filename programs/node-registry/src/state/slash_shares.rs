use cyxwiz_program_common::amount::share;

/// Who gets what of a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlashShares {
    pub to_payer: u64,
    pub to_insurance: u64,
    pub burned: u64,
}

/// The rules of the split.
#[derive(Clone, Copy)]
pub struct SlashRules {
    /// The payer's part, before the others; 0 for all but lost disputes.
    pub payer_bps: u16,
    /// The insurance account's part of the rest.
    pub insurance_bps: u16,
    pub payer_can_receive: bool,
    pub insurance_can_receive: bool,
}

impl SlashShares {
    /// Splits all of `amount`. What the payer cannot receive is for the insurance account, and what that cannot receive
    /// is burned: an account that is closed or frozen never stands in the way of a slash.
    pub const fn of(amount: u64, rules: SlashRules) -> Self {
        let payer = share(amount, rules.payer_bps);
        let insurance = share(amount - payer, rules.insurance_bps);
        let to_payer = if rules.payer_can_receive { payer } else { 0 };
        let to_insurance = match (rules.insurance_can_receive, rules.payer_can_receive) {
            (true, true) => insurance,
            (true, false) => insurance + payer,
            (false, _) => 0,
        };
        Self { to_payer, to_insurance, burned: amount - to_payer - to_insurance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: SlashRules =
        SlashRules { payer_bps: 0, insurance_bps: 8_000, payer_can_receive: true, insurance_can_receive: true };

    #[test]
    fn eighty_to_twenty_and_half_to_the_payer_of_a_lost_dispute() {
        let failed = SlashShares::of(1_000, RULES);
        assert_eq!(failed, SlashShares { to_payer: 0, to_insurance: 800, burned: 200 });
        let lost = SlashShares::of(1_000, SlashRules { payer_bps: 5_000, ..RULES });
        assert_eq!(lost, SlashShares { to_payer: 500, to_insurance: 400, burned: 100 });
    }

    #[test]
    fn what_cannot_be_received_moves_on() {
        let rules = SlashRules { payer_bps: 5_000, payer_can_receive: false, ..RULES };
        assert_eq!(SlashShares::of(1_000, rules), SlashShares { to_payer: 0, to_insurance: 900, burned: 100 });
        let rules = SlashRules { insurance_can_receive: false, ..rules };
        assert_eq!(SlashShares::of(1_000, rules), SlashShares { to_payer: 0, to_insurance: 0, burned: 1_000 });
    }

    #[test]
    fn nothing_is_lost_and_nothing_appears() {
        for amount in [0, 1, 2, 3, 9_999, 10_001, u64::MAX] {
            for payer_bps in [0, 1, 5_000, 10_000] {
                for insurance_bps in [0, 7, 8_000, 10_000] {
                    for bits in 0..4 {
                        let (payer, insurance) = (bits & 1 != 0, bits & 2 != 0);
                        let split = SlashShares::of(
                            amount,
                            SlashRules {
                                payer_bps,
                                insurance_bps,
                                payer_can_receive: payer,
                                insurance_can_receive: insurance,
                            },
                        );
                        let sum =
                            u128::from(split.to_payer) + u128::from(split.to_insurance) + u128::from(split.burned);
                        assert_eq!(sum, u128::from(amount));
                    }
                }
            }
        }
    }
}
