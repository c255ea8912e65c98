// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {OperationFields} from "./OperationFields.sol";

/// @title What a user operation may cost
library OperationFee {
    using OperationFields for PackedUserOperation;

    uint256 private constant GAS_LIMITS_END = 52;

    /// @dev Who pays: zero when the account itself does. The EntryPoint refused paymaster data shorter than 52 bytes
    /// and a zero paymaster before it asked the account.
    function paymaster(PackedUserOperation calldata op) internal pure returns (address) {
        bytes calldata data = op.paymasterAndDataOf();
        return data.length == 0 ? address(0) : address(bytes20(data));
    }

    /// @dev The most that the operation can cost in wei: every gas limit, at the highest price it accepts, as the
    /// EntryPoint computes its prefund. Cannot overflow, since the EntryPoint bounds each term to 120 bits.
    function worstCase(PackedUserOperation calldata op) internal pure returns (uint256) {
        uint256 accountGas = uint256(op.accountGasLimits);
        unchecked {
            uint256 gas = (accountGas >> 128) + uint128(accountGas) + op.preVerificationGas;
            bytes calldata data = op.paymasterAndDataOf();
            if (data.length != 0) {
                uint256 paymasterGas = uint256(bytes32(data[20:GAS_LIMITS_END]));
                gas += (paymasterGas >> 128) + uint128(paymasterGas);
            }
            return gas * uint128(uint256(op.gasFees));
        }
    }
}
