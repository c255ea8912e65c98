// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {Permission} from "../libraries/Permission.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {Ownership} from "./Ownership.sol";

/// @title Opening and closing sessions
/// @notice A session is a hash: only its status word is stored, and the permission comes along with every use. Nothing
/// can be added to a session; other terms are another session.
abstract contract SessionRegistry is Ownership {
    using Permission for bytes;
    using SessionStatus for uint256;

    bytes32 private constant SESSION_TYPEHASH =
        keccak256("Session(uint256 chainId,address account,uint64 epoch,bytes permission)");

    /// @inheritdoc ILatchkeyAccount
    function registerSession(bytes calldata permission) external onlyAuthorized returns (bytes32 id) {
        if (!permission.isCanonical()) revert PermissionMalformed();

        AccountStorage storage $ = _accountStorage();
        id = _sessionId($.epoch, permission);
        if ($.sessions[id] != SessionStatus.NONE) revert SessionExists(id);

        $.sessions[id] = SessionStatus.ACTIVE;
        emit SessionRegistered(id, permission.terms().signer(), permission);
    }

    /// @inheritdoc ILatchkeyAccount
    function revokeSession(bytes32 id) external onlyAuthorized {
        AccountStorage storage $ = _accountStorage();
        uint256 word = $.sessions[id];
        if (word.status() == SessionStatus.CLOSED) return;

        $.sessions[id] = word.close();
        emit SessionRevoked(id);
    }

    /// @inheritdoc ILatchkeyAccount
    function revokeAllSessions() external onlyAuthorized {
        _enterNextEpoch();
    }

    /// @inheritdoc ILatchkeyAccount
    function sessionId(bytes calldata permission) external view returns (bytes32) {
        return _sessionId(_accountStorage().epoch, permission);
    }

    /// @inheritdoc ILatchkeyAccount
    function sessionStatus(bytes32 id) external view returns (uint256) {
        return _accountStorage().sessions[id];
    }

    function _sessionId(uint64 inEpoch, bytes calldata permission) internal view returns (bytes32) {
        return keccak256(abi.encode(SESSION_TYPEHASH, block.chainid, address(this), inEpoch, keccak256(permission)));
    }
}
