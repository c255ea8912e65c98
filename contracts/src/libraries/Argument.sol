// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rule} from "./Rules.sol";

/// @title Comparing one static argument of a call
/// @notice Arguments are whole words, unsigned. An address with dirty upper bits is another word.
library Argument {
    uint256 private constant EQ = 0;
    uint256 private constant NE = 1;
    uint256 private constant LT = 2;
    uint256 private constant LE = 3;
    uint256 private constant GT = 4;
    uint256 private constant GE = 5;
    uint256 private constant IN = 6;
    uint256 private constant OPERANDS = 3;

    /// @dev The word that the rule is about; `ok` is false when the call carries no such word.
    function read(Rule rule, bytes calldata data) internal pure returns (bool ok, uint256 value) {
        uint256 start = 4 + 32 * rule.byteAt(1);
        if (data.length < start + 32) return (false, 0);
        return (true, uint256(bytes32(data[start:])));
    }

    /// @dev Whether the value satisfies an argument rule of a canonical permission.
    function satisfies(Rule rule, uint256 value) internal pure returns (bool) {
        uint256 operator = rule.byteAt(2);
        uint256 operand = rule.word(OPERANDS);
        if (operator == EQ) return value == operand;
        if (operator == NE) return value != operand;
        if (operator == LT) return value < operand;
        if (operator == LE) return value <= operand;
        if (operator == GT) return value > operand;
        if (operator == GE) return value >= operand;
        if (operator == IN) return _isOneOf(rule, value);
        return value & operand == rule.word(OPERANDS + 32); // the mask
    }

    function _isOneOf(Rule rule, uint256 value) private pure returns (bool) {
        for (uint256 offset = OPERANDS; offset < rule.size(); offset += 32) {
            if (rule.word(offset) == value) return true;
        }
        return false;
    }
}
