// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ERC7739} from "@openzeppelin/contracts/utils/cryptography/signers/draft-ERC7739.sol";

import {SessionMessages} from "./SessionMessages.sol";

/// @title Signing as a contract (ERC-1271)
/// @notice The owner signs for an account in one of three forms:
///
/// - ERC-7739, nested in this account's own domain (Latchkey, 1);
/// - `OpenfortMessage(bytes32 hashedMessage)` in the domain (Openfort, 0.5) of this account, as Openfort's SDKs sign;
/// - on a delegated EOA the hash itself, which the key could sign anywhere else as well. On a proxy that form would let
///   one signature count for every account of the same owner, so it is refused.
///
/// A session signs only the typed data that its permission names, see {SessionMessages}.
abstract contract ContractSignature is ERC7739, SessionMessages {
    bytes32 private constant OPENFORT_MESSAGE_TYPEHASH = keccak256("OpenfortMessage(bytes32 hashedMessage)");
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant OPENFORT_NAME_HASH = keccak256("Openfort");
    bytes32 private constant OPENFORT_VERSION_HASH = keccak256("0.5");

    /// @inheritdoc ERC7739
    function isValidSignature(bytes32 hash, bytes calldata signature) public view override returns (bytes4) {
        if (_rawSignatureValidation(_openfortDigest(hash), signature)) return IERC1271.isValidSignature.selector;
        if (_isDelegated() && _rawSignatureValidation(hash, signature)) return IERC1271.isValidSignature.selector;
        if (_isSessionMessage(hash, signature)) return IERC1271.isValidSignature.selector;
        return super.isValidSignature(hash, signature);
    }

    function _openfortDigest(bytes32 hash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, OPENFORT_NAME_HASH, OPENFORT_VERSION_HASH, block.chainid, address(this))
        );
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(OPENFORT_MESSAGE_TYPEHASH, hash)));
    }
}
