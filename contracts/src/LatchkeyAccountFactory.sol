// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {ILatchkeyAccount} from "./interfaces/ILatchkeyAccount.sol";
import {ILatchkeyAccountFactory} from "./interfaces/ILatchkeyAccountFactory.sol";
import {KeySignature} from "./libraries/KeySignature.sol";

/// @title LatchkeyAccountFactory
/// @notice Deploys proxies of one implementation. It has no owner and no state: its addresses hold for ever.
contract LatchkeyAccountFactory is ILatchkeyAccountFactory {
    /// @inheritdoc ILatchkeyAccountFactory
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @inheritdoc ILatchkeyAccountFactory
    function createAccountWithNonce(address owner, bytes32 nonce, bool initializeGuardian)
        external
        returns (address account)
    {
        if (initializeGuardian) revert GuardianNotSupported();
        return _create(owner, _saltOf(owner, nonce), _initCode(owner));
    }

    /// @inheritdoc ILatchkeyAccountFactory
    function createAccountWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce) external returns (address account) {
        return _create(KeySignature.addressOf(x, y), nonce, _initCodeWithKey(kind, x, y));
    }

    /// @inheritdoc ILatchkeyAccountFactory
    function getAddressWithNonce(address owner, bytes32 nonce) external view returns (address account) {
        return Create2.computeAddress(_saltOf(owner, nonce), keccak256(_initCode(owner)));
    }

    /// @inheritdoc ILatchkeyAccountFactory
    function getAddressWithKey(uint8 kind, bytes32 x, bytes32 y, bytes32 nonce)
        external
        view
        returns (address account)
    {
        return Create2.computeAddress(nonce, keccak256(_initCodeWithKey(kind, x, y)));
    }

    function _create(address owner, bytes32 salt, bytes memory initCode) private returns (address account) {
        account = Create2.computeAddress(salt, keccak256(initCode));
        if (account.code.length != 0) return account;

        Create2.deploy(0, salt, initCode);
        emit AccountCreated(account, owner);
    }

    function _saltOf(address owner, bytes32 nonce) private pure returns (bytes32) {
        return keccak256(abi.encode(owner, nonce));
    }

    function _initCode(address owner) private view returns (bytes memory) {
        return _proxy(abi.encodeCall(ILatchkeyAccount.initialize, (owner)));
    }

    /// @dev The kind is in it, so nobody can put up a key's account first with a kind that the key does not sign by.
    function _initCodeWithKey(uint8 kind, bytes32 x, bytes32 y) private view returns (bytes memory) {
        return _proxy(abi.encodeCall(ILatchkeyAccount.initializeWithPublicKey, (kind, x, y)));
    }

    function _proxy(bytes memory initialization) private view returns (bytes memory) {
        return abi.encodePacked(type(ERC1967Proxy).creationCode, abi.encode(implementation, initialization));
    }
}
