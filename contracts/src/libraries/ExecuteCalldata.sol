// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Call, ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";

/// @title Strict decoding of execute and executeBatch
/// @notice Reads the one canonical ABI encoding of the calls and refuses every other, so that what a rule looks at is
/// what the account will call, whatever tricks the offsets or the upper bits play. The bytes that pad a call's data to a
/// full word are not looked at: they reach no one.
library ExecuteCalldata {
    uint256 private constant SELECTOR = 4;
    uint256 private constant WORD = 0x20;
    /// Target, value, offset of the data, length of the data.
    uint256 private constant CALL_HEAD = 0x80;
    uint256 private constant DATA_OFFSET = 0x60;
    /// Selector, offset of the array, length of the array.
    uint256 private constant BATCH_HEAD = 0x44;

    function selector(bytes calldata callData) internal pure returns (bytes4) {
        if (callData.length < SELECTOR) revert ILatchkeyAccount.CallMalformed();
        return bytes4(bytes32(_word(callData, 0)));
    }

    /// @dev The call of `execute(address,uint256,bytes)`, whose arguments are encoded like the fields of a {Call}.
    function single(bytes calldata callData) internal pure returns (Call calldata made) {
        if (_endOfCall(callData, SELECTOR) != callData.length) revert ILatchkeyAccount.CallMalformed();
        assembly ("memory-safe") {
            made := add(callData.offset, SELECTOR)
        }
    }

    /// @dev The calls of `executeBatch((address,uint256,bytes)[])`, at least one. They lie in the order of the array,
    /// without gaps.
    function batch(bytes calldata callData) internal pure returns (Call[] calldata calls) {
        uint256 count = _word(callData, SELECTOR + WORD);
        bool isHeadClean = _word(callData, SELECTOR) == WORD && count != 0 && count <= callData.length / WORD;
        if (!isHeadClean) revert ILatchkeyAccount.CallMalformed();

        uint256 position = BATCH_HEAD + count * WORD;
        for (uint256 i = 0; i < count; ++i) {
            if (_word(callData, BATCH_HEAD + i * WORD) != position - BATCH_HEAD) {
                revert ILatchkeyAccount.CallMalformed();
            }
            position = _endOfCall(callData, position);
        }
        if (position != callData.length) revert ILatchkeyAccount.CallMalformed();

        assembly ("memory-safe") {
            calls.offset := add(callData.offset, BATCH_HEAD)
            calls.length := count
        }
    }

    /// @dev Fields of a call that {single} or {batch} handed out, without checking again what they checked.
    function targetOf(Call calldata made) internal pure returns (address target) {
        assembly ("memory-safe") {
            target := calldataload(made)
        }
    }

    function dataOf(Call calldata made) internal pure returns (bytes calldata data) {
        assembly ("memory-safe") {
            data.offset := add(made, CALL_HEAD)
            data.length := calldataload(add(made, DATA_OFFSET))
        }
    }

    /// @dev The first four bytes of a call's data, padded with zeros when there are fewer.
    function selectorOf(Call calldata made) internal pure returns (bytes4) {
        return bytes4(dataOf(made));
    }

    /// @dev The function that a call of at least four bytes calls: address, selector, as a permission lists it.
    function functionOf(Call calldata made) internal pure returns (uint256 entry) {
        assembly ("memory-safe") {
            entry := or(shl(32, calldataload(made)), shr(224, calldataload(add(made, CALL_HEAD))))
        }
    }

    /// @dev Where the call ends that starts at `start`, always behind it. Reverts when it is not clean. Words past the end
    /// of the calldata read as something, but a call that has some there ends there, and so does every later one.
    function _endOfCall(bytes calldata callData, uint256 start) private pure returns (uint256) {
        unchecked {
            uint256 length = _word(callData, start + DATA_OFFSET);
            if (_word(callData, start) >> 160 != 0) revert ILatchkeyAccount.CallMalformed();
            if (_word(callData, start + 2 * WORD) != DATA_OFFSET) revert ILatchkeyAccount.CallMalformed();
            if (length > callData.length) revert ILatchkeyAccount.CallMalformed();
            return start + CALL_HEAD + ((length + 31) & ~uint256(31));
        }
    }

    function _word(bytes calldata callData, uint256 position) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(callData.offset, position))
        }
    }
}
