// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";

/// @title Strict decoding of an execute call
/// @notice Reads the one canonical ABI encoding of `execute(address,uint256,bytes)` and refuses every other, so that
/// what a rule looks at is what the account will call, whatever tricks the offsets or the upper bits play.
library ExecuteCalldata {
    uint256 private constant DATA_OFFSET = 0x60;
    uint256 private constant DATA_START = 4 + 4 * 32;

    /// @dev The bytes that pad `data` to a full word are not looked at: they reach no one.
    function decode(bytes calldata callData)
        internal
        pure
        returns (address target, uint256 value, bytes calldata data)
    {
        if (callData.length < 4) {
            revert ILatchkeyAccount.CallMalformed();
        }
        bytes4 selector = bytes4(callData);
        if (selector != ILatchkeyAccount.execute.selector) revert ILatchkeyAccount.FunctionForbidden(selector);
        if (callData.length < DATA_START) revert ILatchkeyAccount.CallMalformed();

        uint256 targetWord;
        uint256 dataOffset;
        uint256 dataLength;
        assembly ("memory-safe") {
            let arguments := add(callData.offset, 4)
            targetWord := calldataload(arguments)
            value := calldataload(add(arguments, 0x20))
            dataOffset := calldataload(add(arguments, 0x40))
            dataLength := calldataload(add(arguments, 0x60))
            data.offset := add(arguments, 0x80)
            data.length := dataLength
        }

        bool isClean = targetWord >> 160 == 0 && dataOffset == DATA_OFFSET && dataLength <= callData.length;
        if (!isClean || callData.length != DATA_START + _roundUpToWord(dataLength)) {
            revert ILatchkeyAccount.CallMalformed();
        }
        target = address(uint160(targetWord));
    }

    /// @dev `length` is at most the length of some calldata, so nothing overflows.
    function _roundUpToWord(uint256 length) private pure returns (uint256) {
        unchecked {
            return (length + 31) & ~uint256(31);
        }
    }
}
