// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rule, RuleKind} from "./Rules.sol";

/// @title Time without a clock
/// @notice Validation may not read the time (ERC-7562). Instead the signature field names one moment; each timed rule
/// answers for that moment, and tells the window in which the answer holds.
/// @dev All times are unix seconds below 2^48, and no sum here overflows.
library Period {
    uint256 private constant MAX_RATE_INDEX = type(uint40).max;

    /// @dev The window of a timed rule around `moment`, both ends inclusive. `ok` is false when the rule has no answer
    /// for the moment. Zero is no moment: a window that ends at 0 would read as one without an end.
    function window(Rule rule, uint256 moment) internal pure returns (bool ok, uint256 from, uint256 until) {
        uint256 kind = rule.kind();
        if (kind == RuleKind.VALUE_STREAM || kind == RuleKind.ERC20_STREAM) {
            ok = moment != 0 && moment >= rule.uint48At(rule.budgetStart() + 48);
            return (ok, moment, type(uint48).max);
        }

        (uint256 start, uint256 length) = _grid(rule);
        if (moment == 0 || moment < start) return (false, 0, 0);
        unchecked {
            uint256 index = (moment - start) / length;
            from = start + index * length;
            ok = kind != RuleKind.RATE || index <= MAX_RATE_INDEX;
            return (ok, from, from + length - 1);
        }
    }

    /// @dev Which period of the rule `moment` is in. The rule must have a window around it.
    function indexOf(Rule rule, uint256 moment) internal pure returns (uint256) {
        (uint256 start, uint256 length) = _grid(rule);
        unchecked {
            return (moment - start) / length;
        }
    }

    /// @dev What a stream has released by `moment`. The rule must have a window around it.
    function released(Rule rule, uint256 moment) internal pure returns (uint256 amount) {
        uint256 fields = rule.budgetStart();
        uint256 max = rule.uint128At(fields + 32);
        unchecked {
            amount = rule.uint128At(fields) + rule.uint128At(fields + 16) * (moment - rule.uint48At(fields + 48));
        }
        if (max != 0 && amount > max) amount = max;
    }

    /// @dev The first second of period 0, and the length of each. Rates count intervals from the epoch of Unix.
    function _grid(Rule rule) private pure returns (uint256 start, uint256 length) {
        if (rule.kind() == RuleKind.RATE) return (0, rule.uint32At(4));
        uint256 fields = rule.budgetStart();
        return (rule.uint48At(fields + 16), rule.uint32At(fields + 22));
    }
}
