// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount, Call} from "../interfaces/ILatchkeyAccount.sol";
import {AccountBase} from "./AccountBase.sol";

/// @title Making calls
abstract contract Execution is AccountBase {
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
