// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {MessageFixture} from "./support/MessageFixture.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {P256Fixture} from "./support/P256Fixture.sol";
import {RuleBuilder} from "./support/RuleBuilder.sol";

/// @dev Typed data that sessions sign for the account.
abstract contract SessionMessagesBehavior is MessageFixture, P256Fixture {
    function test_message_granted_isValid() public {
        bytes memory permission = register(grantWith(mailRules()));

        assertTrue(isValid(appHash(APP, mail()), signedMail(permission)), "a mail of the application");
    }

    function test_message_explicitName_isValid() public {
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory key = sign(sessionKey, nestedDigest(APP, mail(), "Mail", MAIL));
        bytes memory signature = messageSignature(permission, mail(), key, APP, string.concat(MAIL, "Mail"));

        assertTrue(isValid(appHash(APP, mail()), signature), "the other form of the description");
    }

    function test_message_byP256Keys_isValid() public {
        for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
            Grant memory g = grantWith(mailRules());
            g.signerType = signerType;
            g.signer = addressOf(P256_KEY);
            bytes memory permission = register(g);
            bytes memory key = signP256(signerType, P256_KEY, nestedDigest(APP, mail(), "Mail", MAIL));
            bytes memory signature = messageSignature(permission, mail(), key, APP, MAIL);

            assertTrue(isValid(appHash(APP, mail()), signature), "every kind of key");
        }
    }

    function test_message_withoutRule_isNot() public {
        bytes memory permission = register(defaultGrant());
        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "off by default");

        permission = register(sudoGrant());
        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "sudo is about calls");
    }

    function test_message_ofAnotherDomain_isNot(bytes32 separator) public {
        vm.assume(separator != APP);
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory key = sign(sessionKey, nestedDigest(separator, mail(), "Mail", MAIL));
        bytes memory signature = messageSignature(permission, mail(), key, separator, MAIL);

        assertFalse(isValid(appHash(separator, mail()), signature), "another application");
    }

    function test_message_ofAnotherHash_isNot(bytes32 hash) public {
        bytes memory permission = register(grantWith(mailRules()));

        assertFalse(isValid(hash, signedMail(permission)), "signed, but not asked about");
    }

    function test_message_ofAnotherKey_isNot() public {
        bytes memory permission = register(grantWith(mailRules()));
        sessionKey = keyOf("other");

        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "signed by somebody else");
    }

    /// One message has one signature.
    function test_message_bytesBehindTheKeySignature_isNot() public {
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory key = bytes.concat(sign(sessionKey, nestedDigest(APP, mail(), "Mail", MAIL)), hex"00");

        assertFalse(isValid(appHash(APP, mail()), messageSignature(permission, mail(), key, APP, MAIL)), "too long");
    }

    /// A type hash that ends with zeros is not named by the bytes in front of them.
    function test_message_contentsShorterThanATypeHash_isNot(uint8 length) public {
        length = uint8(bound(length, 0, 31));
        bytes memory contents = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            contents[i] = keccak256(bytes(MAIL))[i];
        }
        bytes32 typeHash = bytes32(contents);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.typedData(APP, typeHash))));
        bytes memory key = sign(sessionKey, nestedDigest(APP, contents, "Mail", MAIL));

        assertFalse(isValid(appHash(APP, contents), messageSignature(permission, contents, key, APP, MAIL)), "no type");
    }

    /// What names no type has no digest: a signature over none would serve any mail.
    function test_message_descriptionWithoutName_isNot() public {
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory key = sign(sessionKey, 0);

        string memory unnamed = "(address to,string contents)";
        assertFalse(isValid(appHash(APP, mail()), messageSignature(permission, mail(), key, APP, unnamed)), "unnamed");
        assertFalse(isValid(appHash(APP, mail()), messageSignature(permission, mail(), key, APP, "")), "empty");
    }

    function test_message_inTime_only() public {
        Grant memory g = grantWith(mailRules());
        g.validAfter = uint48(block.timestamp + 10);
        g.validUntil = uint48(block.timestamp + 20);
        bytes memory permission = register(g);

        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "too early");
        vm.warp(g.validAfter);
        assertTrue(isValid(appHash(APP, mail()), signedMail(permission)), "the first second");
        vm.warp(g.validUntil);
        assertTrue(isValid(appHash(APP, mail()), signedMail(permission)), "the last second");
        vm.warp(g.validUntil + 1);
        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "too late");
    }

    function test_message_activeSessions_only() public {
        bytes memory permission = PermissionBuilder.pack(grantWith(mailRules()));
        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "not registered");

        asEntryPoint(abi.encodeCall(account.registerSession, (permission)));
        assertTrue(isValid(appHash(APP, mail()), signedMail(permission)), "registered");

        asEntryPoint(abi.encodeCall(account.revokeSession, (account.sessionId(permission))));
        assertFalse(isValid(appHash(APP, mail()), signedMail(permission)), "closed");
    }

    /// The account answers about any bytes, whatever they announce.
    function test_message_anyBytes_neverRevert(bytes32 hash, bytes memory tail, uint8 flags, uint24 counts) public view {
        bytes memory head = abi.encodePacked(MODE_SESSION, uint8(1), uint8(0), session, uint48(1), flags, counts);
        assertFalse(isValid(hash, abi.encodePacked(head, tail)), "no session's");
        assertFalse(isValid(hash, tail), "nobody's");
    }

    function test_message_anyChangedByte_isNot(uint256 index, uint8 change) public {
        vm.assume(change != 0);
        bytes memory permission = register(grantWith(mailRules()));
        bytes memory signature = signedMail(permission);
        index = bound(index, 0, signature.length - 1);
        signature[index] ^= bytes1(change);

        assertFalse(isValid(appHash(APP, mail()), signature), "every byte counts");
    }
}

contract SessionMessagesOnProxyTest is SessionMessagesBehavior, ProxyHome {}

contract SessionMessagesOnDelegatedTest is SessionMessagesBehavior, DelegatedHome {}
