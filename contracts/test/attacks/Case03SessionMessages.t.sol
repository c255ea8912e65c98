// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {MessageFixture} from "../support/MessageFixture.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";

/// @dev Case 3, for a session that may sign one harmless type: it tries to sign something else by that right.
abstract contract SessionMessageAttack is MessageFixture {
    /// A permit under its own name.
    function test_case03_permit_refused() public {
        bytes memory key = sign(sessionKey, nestedDigest(APP, permit(), "Permit", PERMIT));

        refuse(permit(), key, PERMIT);
    }

    /// A permit that is called a mail: the description says nothing about the hash.
    function test_case03_permitNamedMail_refused() public {
        bytes memory key = sign(sessionKey, nestedDigest(APP, permit(), "Mail", MAIL));

        refuse(permit(), key, MAIL);
    }

    /// The permit's hash, with the contents of a mail beside it.
    function test_case03_permitBesideAMail_refused() public {
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory key = sign(sessionKey, nestedDigest(APP, permit(), "Mail", MAIL));
        bytes memory nested = abi.encodePacked(key, APP, keccak256(permit()), MAIL, uint16(bytes(MAIL).length));
        bytes memory signature = abi.encodePacked(MODE_SESSION, permission, uint16(mail().length), mail(), nested);

        assertFalse(isValid(appHash(APP, permit()), signature), "the contents are not what was hashed");
        assertFalse(isValid(appHash(APP, mail()), signature), "nor the other way round");
    }

    /// The session's signature over the application's hash itself, not nested.
    function test_case03_notNested_refused() public {
        refuse(mail(), sign(sessionKey, appHash(APP, mail())), MAIL);
    }

    /// One signature does not count for another account of the same owner or session key.
    function test_case03_otherAccount_refused() public {
        bytes memory key = sign(sessionKey, nestedDigest(APP, mail(), "Mail", MAIL));
        account = isDelegated()
            ? createAccount(keyOf("other"))
            : LatchkeyAccount(payable(factory.createAccountWithNonce(owner, bytes32(uint256(1)), false)));

        refuse(mail(), key, MAIL);
    }

    /// Contents that read as a rule for themselves, behind a permission that has no rules.
    function test_case03_contentsAsRules_refused() public {
        bytes memory permission = register(defaultGrant());
        bytes32 typeHash = keccak256("Permit");
        // One rule of kind 0x51, as the two bytes of the contents' length.
        bytes memory contents = new bytes(0x0151);
        for (uint256 i = 0; i < 32; ++i) {
            contents[i] = typeHash[i];
            contents[33 + i] = typeHash[i];
        }
        bytes32 separator = bytes32(uint256(typeHash) << 8);
        bytes memory key = sign(sessionKey, nestedDigest(separator, contents, "Permit", PERMIT));

        bytes memory signature = messageSignature(permission, contents, key, separator, PERMIT);
        assertFalse(isValid(appHash(separator, contents), signature), "nothing is granted");
    }

    /// A rule about a token, whose bytes read as a domain and a type.
    function test_case03_ruleOfAnotherKind_refused() public {
        bytes32 typeHash = keccak256("Permit");
        bytes32 separator = bytes32(bytes20(address(target)));
        uint256 id = uint256(typeHash) >> 96;
        bytes memory rule = RuleBuilder.erc1155(address(target), id, uint128(uint96(uint256(typeHash))) << 32);
        bytes memory permission = register(bareGrant(RuleBuilder.list(rule)));
        bytes memory contents = abi.encode(typeHash, stranger);
        bytes memory key = sign(sessionKey, nestedDigest(separator, contents, "Permit", PERMIT));

        bytes memory signature = messageSignature(permission, contents, key, separator, PERMIT);
        assertFalse(isValid(appHash(separator, contents), signature), "a token is no domain");
    }

    function refuse(bytes memory contents, bytes memory key, string memory description) private {
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory signature = messageSignature(permission, contents, key, APP, description);
        assertFalse(isValid(appHash(APP, contents), signature), "not granted");
    }
}

contract Case03SessionMessagesOnProxyTest is SessionMessageAttack, ProxyHome {}

contract Case03SessionMessagesOnDelegatedTest is SessionMessageAttack, DelegatedHome {}
