// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC7579Utils, Execution as BatchedCall} from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {IERC7821} from "@openzeppelin/contracts/interfaces/draft-IERC7821.sol";

import {ILatchkeyAccount, Call} from "../interfaces/ILatchkeyAccount.sol";
import {AccountBase} from "./AccountBase.sol";

/// @title Making calls
abstract contract Execution is AccountBase, IERC7821 {
    /// @dev The first ten bytes of the mode of ERC-7821 that has no opData. The rest is free.
    bytes10 private constant BATCH_MODE = 0x01000000000000000000;

    /// @inheritdoc ILatchkeyAccount
    function execute(address target, uint256 value, bytes calldata data) external payable onlyAuthorized {
        _call(target, value, data);
    }

    /// @inheritdoc ILatchkeyAccount
    function executeBatch(Call[] calldata calls) external payable onlyAuthorized {
        for (uint256 i = 0; i < calls.length; ++i) {
            _call(calls[i].target, calls[i].value, calls[i].data);
        }
    }

    /// @inheritdoc IERC7821
    function execute(bytes32 mode, bytes calldata executionData) external payable onlyAuthorized {
        if (!supportsExecutionMode(mode)) revert ExecutionModeNotSupported(mode);
        BatchedCall[] calldata calls = ERC7579Utils.decodeBatch(executionData);
        for (uint256 i = 0; i < calls.length; ++i) {
            address target = calls[i].target == address(0) ? address(this) : calls[i].target;
            _call(target, calls[i].value, calls[i].callData);
        }
    }

    /// @inheritdoc IERC7821
    function supportsExecutionMode(bytes32 mode) public pure returns (bool) {
        return bytes10(mode) == BATCH_MODE;
    }

    /// @dev The target's return data is not copied: nobody reads it, and a long one would cost the account. Its revert
    /// data is passed on whole, since it tells the user what went wrong.
    function _call(address target, uint256 value, bytes calldata data) private {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            calldatacopy(buffer, data.offset, data.length)
            if iszero(call(gas(), target, value, buffer, data.length, 0, 0)) {
                returndatacopy(buffer, 0, returndatasize())
                revert(buffer, returndatasize())
            }
        }
    }
}
