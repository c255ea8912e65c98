// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {Permission} from "../libraries/Permission.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {Ownership} from "./Ownership.sol";

/// @title Opening and closing sessions
/// @notice A session is a hash: only its status word is stored, and the permission comes along with every use. Nothing
/// can be added to a session; other terms are another session.
abstract contract SessionRegistry is EIP712, Ownership {
    using Permission for bytes;
    using SessionStatus for uint256;

    bytes32 private constant SESSION_TYPEHASH =
        keccak256("Session(uint256 chainId,address account,uint64 epoch,bytes permission)");

    /// The account's own EIP-712 domain.
    string internal constant NAME = "Latchkey";
    string internal constant VERSION = "1";

    constructor() EIP712(NAME, VERSION) {}

    /// @inheritdoc ILatchkeyAccount
    function registerSession(bytes calldata permission) external onlyAuthorized returns (bytes32 id) {
        if (!permission.isCanonical()) revert PermissionMalformed();

        Session storage session;
        (id, session) = _find(permission);
        if (session.word != SessionStatus.NONE) revert SessionExists(id);

        session.word = SessionStatus.ACTIVE;
        emit SessionRegistered(id, permission.terms().signer(), permission);
    }

    /// @inheritdoc ILatchkeyAccount
    function revokeSession(bytes32 id) external onlyAuthorized {
        Session storage session = _accountStorage().sessions[id];
        uint256 word = session.word;
        if (word.status() == SessionStatus.CLOSED) return;

        session.word = word.close();
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
        return _accountStorage().sessions[id].word;
    }

    /// @inheritdoc ILatchkeyAccount
    function ruleUsed(bytes32 id, uint8 rule) external view returns (uint256) {
        return _counter(id, rule).word;
    }

    /// @dev The session that the permission is in the current epoch.
    function _find(bytes calldata permission) internal view returns (bytes32 id, Session storage session) {
        AccountStorage storage $ = _accountStorage();
        id = _sessionId($.epoch, permission);
        session = $.sessions[id];
    }

    function _counter(bytes32 id, uint8 rule) internal view returns (Counter storage) {
        return _accountStorage().counters[Hashes.efficientKeccak256(id, bytes32(uint256(rule)))];
    }

    /// @dev What the owner signs to grant a session without registering it: the session's id is the struct hash.
    function _grantDigest(bytes32 id) internal view returns (bytes32) {
        return _hashTypedDataV4(id);
    }

    /// @dev keccak256(abi.encode(SESSION_TYPEHASH, block.chainid, address(this), inEpoch, keccak256(permission))), in
    /// scratch memory since every use of a session pays for it.
    function _sessionId(uint64 inEpoch, bytes calldata permission) internal view returns (bytes32 id) {
        bytes32 typehash = SESSION_TYPEHASH;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            calldatacopy(buffer, permission.offset, permission.length)
            let permissionHash := keccak256(buffer, permission.length)

            mstore(buffer, typehash)
            mstore(add(buffer, 0x20), chainid())
            mstore(add(buffer, 0x40), address())
            mstore(add(buffer, 0x60), inEpoch)
            mstore(add(buffer, 0x80), permissionHash)
            id := keccak256(buffer, 0xa0)
        }
    }
}
