// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RuleBuilder} from "../support/RuleBuilder.sol";

/// @dev A rule with its fields apart. Each kind uses some of them.
struct ModelRule {
    uint8 kind;
    address token;
    uint256 id;
    /// The most that is allowed: an amount, or a number of calls.
    uint128 max;
    uint128 initial;
    uint128 perSecond;
    uint48 start;
    /// Of a period or an interval.
    uint32 length;
    uint8 fn;
    uint8 word;
    uint8 operator;
    uint256 operand;
}

/// @title Rules as a model sees them
/// @notice Written from docs/permission-format.md, not from the contract.
library ModelRules {
    function pack(ModelRule memory r) internal pure returns (bytes memory) {
        if (r.kind == 0x01) return RuleBuilder.valuePerCall(r.max);
        if (r.kind == 0x02) return RuleBuilder.valueTotal(r.max);
        if (r.kind == 0x03) return RuleBuilder.valuePeriod(r.max, r.start, r.length);
        if (r.kind == 0x04) return RuleBuilder.valueStream(r.initial, r.perSecond, r.max, r.start);
        if (r.kind == 0x11) return RuleBuilder.erc20Total(r.token, r.max);
        if (r.kind == 0x12) return RuleBuilder.erc20Period(r.token, r.max, r.start, r.length);
        if (r.kind == 0x13) return RuleBuilder.erc20Stream(r.token, r.initial, r.perSecond, r.max, r.start);
        if (r.kind == 0x21) return RuleBuilder.erc721(r.token, r.id);
        if (r.kind == 0x22) return RuleBuilder.erc1155(r.token, r.id, r.max);
        if (r.kind == 0x31) return RuleBuilder.argument(r.fn, r.word, r.operator, operands(r));
        if (r.kind == 0x32) return RuleBuilder.argumentTotal(r.fn, r.word, r.max);
        if (r.kind == 0x41) return RuleBuilder.count(r.fn, uint48(r.max));
        if (r.kind == 0x42) return RuleBuilder.rate(uint32(r.max), r.length);
        return RuleBuilder.typedData(bytes32(r.id), bytes32(r.operand));
    }

    /// @dev `in` is given two neighbours, `mask` the lowest bit of the operand.
    function operands(ModelRule memory r) internal pure returns (bytes memory) {
        if (r.operator == 6) return abi.encode(r.operand, r.operand + 1);
        if (r.operator == 7) return abi.encode(uint256(1), r.operand & 1);
        return abi.encode(r.operand);
    }

    function isValue(ModelRule memory r) internal pure returns (bool) {
        return r.kind >= 0x01 && r.kind <= 0x04;
    }

    function isToken(ModelRule memory r) internal pure returns (bool) {
        return r.kind >= 0x11 && r.kind <= 0x22;
    }

    function isTimed(ModelRule memory r) internal pure returns (bool) {
        return isPeriod(r) || isStream(r) || r.kind == 0x42;
    }

    function isPeriod(ModelRule memory r) internal pure returns (bool) {
        return r.kind == 0x03 || r.kind == 0x12;
    }

    function isStream(ModelRule memory r) internal pure returns (bool) {
        return r.kind == 0x04 || r.kind == 0x13;
    }

    function hasCounter(ModelRule memory r) internal pure returns (bool) {
        return r.kind != 0x01 && r.kind != 0x21 && r.kind != 0x31 && r.kind != 0x51;
    }

    /// @dev The period or interval that the time is in.
    function indexAt(ModelRule memory r, uint256 time) internal pure returns (uint256) {
        return (time - (r.kind == 0x42 ? 0 : r.start)) / r.length;
    }

    /// @dev All that may have been spent by `time`; within its period where the rule has periods.
    function limitAt(ModelRule memory r, uint256 time) internal pure returns (uint256 limit) {
        if (!isStream(r)) return r.max;
        limit = r.initial + uint256(r.perSecond) * (time - r.start);
        if (r.max != 0 && limit > r.max) limit = r.max;
    }

    function satisfies(ModelRule memory r, uint256 value) internal pure returns (bool) {
        if (r.operator == 0) return value == r.operand;
        if (r.operator == 1) return value != r.operand;
        if (r.operator == 2) return value < r.operand;
        if (r.operator == 3) return value <= r.operand;
        if (r.operator == 4) return value > r.operand;
        if (r.operator == 5) return value >= r.operand;
        if (r.operator == 6) return value == r.operand || value == r.operand + 1;
        return value % 2 == r.operand % 2;
    }
}
