// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {ILatchkeyAccount} from "./interfaces/ILatchkeyAccount.sol";
import {ILatchkeyAccountFactory} from "./interfaces/ILatchkeyAccountFactory.sol";

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
        account = getAddressWithNonce(owner, nonce);
        if (account.code.length != 0) return account;

        Create2.deploy(0, _salt(owner, nonce), _initCode(owner));
        emit AccountCreated(account, owner);
    }

    /// @inheritdoc ILatchkeyAccountFactory
    function getAddressWithNonce(address owner, bytes32 nonce) public view returns (address account) {
        return Create2.computeAddress(_salt(owner, nonce), keccak256(_initCode(owner)));
    }

    function _salt(address owner, bytes32 nonce) private pure returns (bytes32) {
        return keccak256(abi.encode(owner, nonce));
    }

    function _initCode(address owner) private view returns (bytes memory) {
        bytes memory initialization = abi.encodeCall(ILatchkeyAccount.initialize, (owner));
        return abi.encodePacked(type(ERC1967Proxy).creationCode, abi.encode(implementation, initialization));
    }
}
