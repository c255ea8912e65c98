// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {KeySignature} from "../libraries/KeySignature.sol";
import {AccountBase} from "./AccountBase.sol";

/// @title Owner and implementation of a proxy account
/// @notice A delegated account has neither: its key is its address, and its code is what that key delegated to.
abstract contract Ownership is AccountBase, UUPSUpgradeable {
    modifier onlyProxyHome() {
        if (_isDelegated()) revert DelegatedAccount();
        _;
    }

    modifier onlyInConstruction() {
        if (address(this).code.length != 0) revert AlreadyInitialized();
        _;
    }

    /// @inheritdoc ILatchkeyAccount
    function initialize(address firstOwner) external onlyInConstruction {
        _setOwner(firstOwner, KeySignature.SECP256K1);
    }

    /// @inheritdoc ILatchkeyAccount
    function initializeWithPublicKey(uint8 kind, bytes32 x, bytes32 y) external onlyInConstruction {
        _setKey(kind, x, y);
    }

    /// @inheritdoc ILatchkeyAccount
    function changeOwner(address newOwner) external onlyAuthorized onlyProxyHome {
        _setOwner(newOwner, KeySignature.SECP256K1);
        _enterNextEpoch();
    }

    /// @inheritdoc ILatchkeyAccount
    function replaceOwnerWithKey(uint8 kind, bytes32 x, bytes32 y) external onlyAuthorized onlyProxyHome {
        _setKey(kind, x, y);
        _enterNextEpoch();
    }

    /// @dev Kills every session of the current epoch.
    function _enterNextEpoch() internal {
        uint64 next = ++_accountStorage().epoch;
        emit AllSessionsRevoked(next);
    }

    function _authorizeUpgrade(address) internal view override onlyAuthorized onlyProxyHome {}

    /// @dev The address of a key is computed here, so that an owner on P-256 is always a key that somebody can have.
    function _setKey(uint8 kind, bytes32 x, bytes32 y) private {
        bool isKey = KeySignature.isP256(kind) && P256.isValidPublicKey(x, y);
        if (!isKey) revert InvalidOwnerKey(kind, x, y);
        _setOwner(KeySignature.addressOf(x, y), kind);
        emit OwnerKeySet(kind, x, y);
    }

    function _setOwner(address newOwner, uint256 kind) private {
        if (newOwner == address(0) || newOwner == address(this)) revert InvalidOwner(newOwner);
        AccountStorage storage $ = _accountStorage();
        emit OwnerChanged($.owner, newOwner);
        $.owner = newOwner;
        $.ownerKind = uint8(kind);
    }
}
