// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {ENTRY_POINT_V08} from "../libraries/EntryPointV08.sol";
import {KeySignature} from "../libraries/KeySignature.sol";

/// @title Storage and authority of an account
/// @notice Holds the one storage struct that all parts share, and answers who may call.
abstract contract AccountBase is ILatchkeyAccount {
    /// @dev A struct of one word, so that its slot is computed once for a read and a write.
    struct Session {
        /// See {SessionStatus}.
        uint256 word;
    }

    /// @dev What a rule of a session has used, by its kind: an amount, a number of calls, or period << 128 | amount.
    struct Counter {
        uint256 word;
    }

    /// @custom:storage-location erc7201:latchkey.storage.Account
    struct AccountStorage {
        /// Zero means that the account is an EIP-7702 delegated EOA, which owns itself.
        address owner;
        uint64 epoch;
        /// The owner's kind of key, see {KeySignature}. Zero is an EOA or a contract. Nobody but the account asks for it
        /// often enough to pay for a function: whoever wants to know reads the slot.
        uint8 ownerKind;
        mapping(bytes32 sessionId => Session) sessions;
        /// The key is keccak256(abi.encode(sessionId, the rule's position)).
        mapping(bytes32 key => Counter) counters;
    }

    /// @dev keccak256(abi.encode(uint256(keccak256("latchkey.storage.Account")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0xcaf2a002cc16fc3c70fff6edb6262e5041ac8e964ca0b3f4db33821128ef9f00;
    uint256 private constant OWNER_KIND_SHIFT = 224;

    /// @dev Owner operations arrive from the EntryPoint, direct transactions from the owner, and batches from the
    /// account itself. A session operation cannot pose as any of them: validation lets it call {execute} only, and
    /// never on the account or the EntryPoint.
    modifier onlyAuthorized() {
        if (msg.sender != address(ENTRY_POINT_V08)) _checkSelfOrOwner();
        _;
    }

    /// @inheritdoc ILatchkeyAccount
    function owner() public view returns (address signer) {
        (signer,) = _ownerKey();
    }

    /// @inheritdoc ILatchkeyAccount
    function epoch() external view returns (uint64) {
        return _accountStorage().epoch;
    }

    /// @dev Whose signatures are the owner's, and of which kind they are.
    function _ownerKey() internal view returns (address signer, uint256 kind) {
        (signer, kind) = _storedOwner();
        if (signer == address(0)) signer = address(this);
    }

    /// @dev Address and kind, as one word holds them.
    function _storedOwner() internal view returns (address stored, uint256 kind) {
        assembly ("memory-safe") {
            kind := sload(STORAGE_LOCATION)
        }
        stored = address(uint160(kind));
        kind = kind >> OWNER_KIND_SHIFT;
    }

    function _isDelegated() internal view returns (bool) {
        return _accountStorage().owner == address(0);
    }

    /// @dev A key on P-256 sends no transactions, whoever its address may belong to.
    function _checkSelfOrOwner() private view {
        if (msg.sender == address(this)) return;
        (address signer, uint256 kind) = _ownerKey();
        if (msg.sender != signer || kind != KeySignature.SECP256K1) revert NotAuthorized(msg.sender);
    }

    function _accountStorage() internal pure returns (AccountStorage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_LOCATION
        }
    }
}
