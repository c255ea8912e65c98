// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Building rules
/// @notice Writes rule records from their fields, independently of the code under test.
library RuleBuilder {
    function valuePerCall(uint128 max) internal pure returns (bytes memory) {
        return record(0x01, abi.encodePacked(max));
    }

    function valueTotal(uint128 max) internal pure returns (bytes memory) {
        return record(0x02, abi.encodePacked(max));
    }

    function valuePeriod(uint128 max, uint48 start, uint32 period) internal pure returns (bytes memory) {
        return record(0x03, abi.encodePacked(max, start, period));
    }

    function valueStream(uint128 initial, uint128 perSecond, uint128 max, uint48 start)
        internal
        pure
        returns (bytes memory)
    {
        return record(0x04, abi.encodePacked(initial, perSecond, max, start));
    }

    function erc20Total(address token, uint128 max) internal pure returns (bytes memory) {
        return record(0x11, abi.encodePacked(token, max));
    }

    function erc20Period(address token, uint128 max, uint48 start, uint32 period) internal pure returns (bytes memory) {
        return record(0x12, abi.encodePacked(token, max, start, period));
    }

    function erc20Stream(address token, uint128 initial, uint128 perSecond, uint128 max, uint48 start)
        internal
        pure
        returns (bytes memory)
    {
        return record(0x13, abi.encodePacked(token, initial, perSecond, max, start));
    }

    function erc721(address token, uint256 id) internal pure returns (bytes memory) {
        return record(0x21, abi.encodePacked(token, id));
    }

    function erc1155(address token, uint256 id, uint128 max) internal pure returns (bytes memory) {
        return record(0x22, abi.encodePacked(token, id, max));
    }

    /// @dev `operands` are whole words, one behind the other.
    function argument(uint8 fn, uint8 word, uint8 operator, bytes memory operands) internal pure returns (bytes memory) {
        return record(0x31, abi.encodePacked(fn, word, operator, operands));
    }

    function argumentTotal(uint8 fn, uint8 word, uint128 max) internal pure returns (bytes memory) {
        return record(0x32, abi.encodePacked(fn, word, max));
    }

    function count(uint8 fn, uint48 limit) internal pure returns (bytes memory) {
        return record(0x41, abi.encodePacked(fn, limit));
    }

    function rate(uint32 calls, uint32 interval) internal pure returns (bytes memory) {
        return record(0x42, abi.encodePacked(calls, interval));
    }

    function typedData(bytes32 domainSeparator, bytes32 typeHash) internal pure returns (bytes memory) {
        return record(0x51, abi.encodePacked(domainSeparator, typeHash));
    }

    function record(uint8 kind, bytes memory body) internal pure returns (bytes memory) {
        return abi.encodePacked(kind, uint8(body.length), body);
    }

    function list(bytes memory a) internal pure returns (bytes[] memory l) {
        l = new bytes[](1);
        l[0] = a;
    }

    /// @dev Two rules, in the order given.
    function list(bytes memory a, bytes memory b) internal pure returns (bytes[] memory l) {
        l = new bytes[](2);
        (l[0], l[1]) = (a, b);
    }

    /// @dev Three rules, in the order given.
    function list(bytes memory a, bytes memory b, bytes memory c) internal pure returns (bytes[] memory l) {
        l = new bytes[](3);
        (l[0], l[1], l[2]) = (a, b, c);
    }
}
