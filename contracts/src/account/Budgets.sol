// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Permission} from "../libraries/Permission.sol";
import {Period} from "../libraries/Period.sol";
import {Rule, RuleKind, RuleLayout} from "../libraries/Rules.sol";
import {SignatureParts} from "../libraries/SessionSignature.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {SessionRegistry} from "./SessionRegistry.sol";

/// @title Charging the counters of rules
/// @notice What validation charges stays charged when execution reverts.
abstract contract Budgets is SessionRegistry {
    using Permission for bytes;
    using SessionStatus for uint256;

    /// @dev One operation of a session while it is judged.
    struct Use {
        bytes32 id;
        /// The status word, with all that the operation charged so far.
        uint256 word;
        /// Of the signature field, which names the moment.
        SignatureParts parts;
    }

    /// @dev The window in which the operation holds, as the upper 96 bits of ERC-4337 validation data: within the
    /// permission's own time, and within the window of every timed rule. Both ends of a window are inclusive, but the
    /// EntryPoint refuses `timestamp <= validAfter`.
    function _window(bytes calldata permission, Use memory use) internal pure returns (uint256) {
        uint256 from = permission.limits().validAfter();
        uint256 until = permission.terms().validUntil();
        if (use.parts.kinds() & RuleLayout.TIMED != 0) (from, until) = _narrow(permission, use, from, until);
        unchecked {
            if (from != 0) --from;
        }
        return until << 160 | from << 208;
    }

    function _narrow(bytes calldata permission, Use memory use, uint256 from, uint256 until)
        private
        pure
        returns (uint256, uint256)
    {
        (Rule rule, uint256 count) = permission.rules(permission.terms());
        for (; count != 0; --count) {
            if (rule.isTimed()) {
                (bool ok, uint256 ruleFrom, uint256 ruleUntil) = Period.window(rule, use.parts.moment());
                if (!ok) revert MomentNotAllowed(rule.position(), use.parts.moment());
                if (ruleFrom > from) from = ruleFrom;
                if (ruleUntil < until) until = ruleUntil;
            }
            rule = rule.next();
        }
        return (from, until);
    }

    /// @dev Charges an amount to a rule whose own fields start at `fields` of its body. An amount that the rule only bounds
    /// is compared and not remembered.
    function _charge(Use memory use, Rule rule, uint256 fields, uint256 asked) internal {
        uint256 kind = rule.kind();
        if (kind == RuleKind.VALUE_PER_CALL) return _checkBudget(rule, rule.uint128At(fields), 0, asked);

        Counter storage counter = _counter(use.id, rule.position());
        uint256 stored = counter.word;
        if (kind == RuleKind.VALUE_PERIOD || kind == RuleKind.ERC20_PERIOD) {
            counter.word = _chargePeriod(use, rule, rule.uint128At(fields), stored, asked);
            return;
        }

        bool isStream = kind == RuleKind.VALUE_STREAM || kind == RuleKind.ERC20_STREAM;
        _checkBudget(rule, isStream ? Period.released(rule, use.parts.moment()) : rule.uint128At(fields), stored, asked);
        unchecked {
            counter.word = stored + asked;
        }
    }

    /// @dev A period's counter is index << 128 | spent. Its index only grows.
    function _chargePeriod(Use memory use, Rule rule, uint256 max, uint256 stored, uint256 asked)
        private
        pure
        returns (uint256)
    {
        uint256 index = Period.indexOf(rule, use.parts.moment());
        if (stored >> 128 > index) revert MomentNotAllowed(rule.position(), use.parts.moment());

        uint256 spent = stored >> 128 == index ? uint128(stored) : 0;
        _checkBudget(rule, max, spent, asked);
        unchecked {
            return index << 128 | (spent + asked);
        }
    }

    /// @dev A stream's limit at an earlier moment may lie below what was spent since.
    function _checkBudget(Rule rule, uint256 limit, uint256 spent, uint256 asked) private pure {
        unchecked {
            if (asked <= limit && spent <= limit - asked) return;
        }
        if (RuleKind.isValue(rule.kind())) revert ValueLimitExceeded(rule.position(), limit, spent, asked);
        revert AmountLimitExceeded(rule.position(), limit, spent, asked);
    }

    function _chargeCount(Use memory use, Rule rule) internal {
        Counter storage counter = _counter(use.id, rule.position());
        uint256 used = counter.word;
        uint256 limit = rule.uint48At(1);
        if (used >= limit) revert CountExceeded(rule.position(), limit, used);
        unchecked {
            counter.word = used + 1;
        }
    }

    function _chargeRate(Use memory use, Rule rule) internal pure {
        uint256 interval = Period.indexOf(rule, use.parts.moment());
        (uint256 lastInterval, uint256 used) = use.word.rate();
        if (lastInterval > interval) revert MomentNotAllowed(rule.position(), use.parts.moment());
        if (lastInterval < interval) used = 0;

        uint256 count = rule.uint32At(0);
        if (used >= count) revert RateExceeded(count, rule.uint32At(4));
        unchecked {
            use.word = use.word.withRate(interval, used + 1);
        }
    }
}
