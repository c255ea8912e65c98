// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {AccountBase} from "./AccountBase.sol";

/// @title Owner and implementation of a proxy account
/// @notice A delegated account has neither: its key is its address, and its code is what that key delegated to.
abstract contract Ownership is AccountBase, UUPSUpgradeable {
    modifier onlyProxyHome() {
        if (_isDelegated()) revert DelegatedAccount();
        _;
    }

    /// @inheritdoc ILatchkeyAccount
    function initialize(address firstOwner) external {
        if (address(this).code.length != 0) revert AlreadyInitialized();
        _setOwner(firstOwner);
        emit OwnerChanged(address(0), firstOwner);
    }

    /// @inheritdoc ILatchkeyAccount
    function changeOwner(address newOwner) external onlyAuthorized onlyProxyHome {
        address previousOwner = owner();
        _setOwner(newOwner);
        emit OwnerChanged(previousOwner, newOwner);
        _enterNextEpoch();
    }

    /// @dev Kills every session of the current epoch.
    function _enterNextEpoch() internal {
        uint64 next = ++_accountStorage().epoch;
        emit AllSessionsRevoked(next);
    }

    function _authorizeUpgrade(address) internal view override onlyAuthorized onlyProxyHome {}

    function _setOwner(address newOwner) private {
        if (newOwner == address(0) || newOwner == address(this)) revert InvalidOwner(newOwner);
        _accountStorage().owner = newOwner;
    }
}
