// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title The dynamic fields of a user operation
/// @notice Reads them without Solidity's checks of offsets and lengths, which cost each access. Accounts and paymasters obey
/// only the EntryPoint, which encodes the operation itself, so there is nothing to check.
library OperationFields {
    uint256 private constant INIT_CODE = 0x40;
    uint256 private constant CALL_DATA = 0x60;
    uint256 private constant PAYMASTER_AND_DATA = 0xe0;
    uint256 private constant SIGNATURE = 0x100;

    function initCodeOf(PackedUserOperation calldata op) internal pure returns (bytes calldata) {
        return _field(op, INIT_CODE);
    }

    function callDataOf(PackedUserOperation calldata op) internal pure returns (bytes calldata) {
        return _field(op, CALL_DATA);
    }

    function paymasterAndDataOf(PackedUserOperation calldata op) internal pure returns (bytes calldata) {
        return _field(op, PAYMASTER_AND_DATA);
    }

    function signatureOf(PackedUserOperation calldata op) internal pure returns (bytes calldata) {
        return _field(op, SIGNATURE);
    }

    function _field(PackedUserOperation calldata op, uint256 head) private pure returns (bytes calldata field) {
        assembly ("memory-safe") {
            let start := add(op, calldataload(add(op, head)))
            field.offset := add(start, 0x20)
            field.length := calldataload(start)
        }
    }
}
