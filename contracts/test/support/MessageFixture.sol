// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RuleBuilder} from "./RuleBuilder.sol";
import {SessionRuleFixture} from "./SessionRuleFixture.sol";

/// @title Typed data of an application, signed by sessions
abstract contract MessageFixture is SessionRuleFixture {
    bytes32 internal constant APP = keccak256("an application's domain separator");
    string internal constant MAIL = "Mail(address to,string contents)";
    string internal constant PERMIT =
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";

    /// @dev Lets the session sign mails in the application's domain.
    function mailRules() internal pure returns (bytes[] memory) {
        return RuleBuilder.list(RuleBuilder.typedData(APP, keccak256(bytes(MAIL))));
    }

    function mail() internal view returns (bytes memory) {
        return abi.encode(keccak256(bytes(MAIL)), stranger, keccak256("hello"));
    }

    function permit() internal view returns (bytes memory) {
        return abi.encode(keccak256(bytes(PERMIT)), account, stranger, type(uint256).max, 0, type(uint256).max);
    }

    /// @dev What the application asks the account about.
    function appHash(bytes32 separator, bytes memory contents) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, keccak256(contents)));
    }

    /// @dev What the key signs: the contents nested in the account's own domain, by ERC-7739.
    function nestedDigest(bytes32 separator, bytes memory contents, string memory name, string memory description)
        internal
        view
        returns (bytes32)
    {
        bytes32 typehash = keccak256(
            abi.encodePacked(
                "TypedDataSign(",
                name,
                " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                description
            )
        );
        bytes memory domain =
            abi.encode(keccak256("Latchkey"), keccak256("1"), block.chainid, account, bytes32(0));
        bytes32 structHash = keccak256(abi.encodePacked(typehash, keccak256(contents), domain));
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    /// @dev The signature field that the account takes.
    function messageSignature(
        bytes memory permission,
        bytes memory contents,
        bytes memory key,
        bytes32 separator,
        string memory description
    ) internal pure returns (bytes memory) {
        bytes memory nested = abi.encodePacked(
            key, separator, keccak256(contents), description, uint16(bytes(description).length)
        );
        return abi.encodePacked(MODE_SESSION, permission, uint16(contents.length), contents, nested);
    }

    /// @dev A mail, signed as the session should.
    function signedMail(bytes memory permission) internal view returns (bytes memory) {
        bytes memory key = sign(sessionKey, nestedDigest(APP, mail(), "Mail", MAIL));
        return messageSignature(permission, mail(), key, APP, MAIL);
    }

    function isValid(bytes32 hash, bytes memory signature) internal view returns (bool) {
        return account.isValidSignature(hash, signature) == account.isValidSignature.selector;
    }
}
