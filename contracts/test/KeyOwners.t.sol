// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {ILatchkeyAccountFactory} from "../src/interfaces/ILatchkeyAccountFactory.sol";
import {KeyOwnerFixture} from "./support/KeyOwnerFixture.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";

/// @dev Owners on P-256: plain, as WebCrypto signs, and passkeys.
contract KeyOwnersTest is KeyOwnerFixture {
    bytes4 private constant REFUSED = 0xffffffff;

    // --- who owns

    function test_createAccountWithKey_deploysWhereItSaid(uint256 key, bytes32 nonce) public {
        key = bound(key, 1, ORDER - 1);
        (bytes32 x, bytes32 y) = pointOf(key);
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            address expected = factory.getAddressWithKey(kind, x, y, nonce);

            vm.expectEmit(expected);
            emit ILatchkeyAccount.OwnerKeySet(kind, x, y);
            vm.expectEmit(address(factory));
            emit ILatchkeyAccountFactory.AccountCreated(expected, addressOf(key));
            account = accountOf(kind, key, nonce);

            assertEq(address(account), expected, "the address");
            assertEq(account.owner(), addressOf(key), "the owner");
            assertEq(ownerKindOf(account), kind, "its kind");
            assertEq(address(accountOf(kind, key, nonce)), expected, "and once");
        }
    }

    function test_createAccountWithKey_notAKey_reverts(uint8 kind) public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);
        vm.assume(kind == 0 || kind > WEBAUTHN);

        refuseKey(kind, x, y);
        refuseKey(P256, y, x);
        refuseKey(WEBAUTHN, 0, 0);
    }

    function test_initializeWithPublicKey_afterwards_reverts() public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);

        vm.expectRevert(ILatchkeyAccount.AlreadyInitialized.selector);
        account.initializeWithPublicKey(P256, x, y);
    }

    function test_replaceOwnerWithKey_handsOverAndRevokesAll() public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);
        bytes memory permission = register(defaultGrant());
        bytes32 id = account.sessionId(permission);

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.OwnerChanged(owner, addressOf(OWNER_KEY));
        vm.expectEmit(address(account));
        emit ILatchkeyAccount.OwnerKeySet(WEBAUTHN, x, y);
        vm.expectEmit(address(account));
        emit ILatchkeyAccount.AllSessionsRevoked(1);
        submit(ownerOperation(changeToKey(WEBAUTHN, OWNER_KEY)));

        assertEq(account.owner(), addressOf(OWNER_KEY), "the owner");
        assertEq(ownerKindOf(account), WEBAUTHN, "its kind");
        assertTrue(account.sessionId(permission) != id, "sessions are of an earlier epoch");
        submit(ownedBy(WEBAUTHN, ping()));
        pinged(1);
        expectMalformed();
        submit(ownerOperation(pingData()));
    }

    function test_replaceOwnerWithKey_notAKey_reverts(uint8 kind) public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);
        vm.assume(kind == 0 || kind > WEBAUTHN);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwnerKey.selector, kind, x, y));
        vm.prank(owner);
        account.replaceOwnerWithKey(kind, x, y);
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwnerKey.selector, P256, y, x));
        vm.prank(owner);
        account.replaceOwnerWithKey(P256, y, x);
    }

    function test_replaceOwnerWithKey_byStranger_reverts() public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.replaceOwnerWithKey(P256, x, y);
    }

    /// Kind and address change together, in both directions.
    function test_changeOwner_fromAKey_isAnEoaAgain() public {
        ownBy(P256);
        submit(ownedBy(P256, costly(abi.encodeCall(account.changeOwner, (owner)))));

        assertEq(account.owner(), owner, "the owner");
        assertEq(ownerKindOf(account), SECP256K1, "its kind");
        submit(ownerOperation(pingData()));
        pinged(1);
    }

    /// Owner, epoch and kind are one word.
    function test_storage_ownerKindIsBesideTheEpoch() public {
        ownBy(WEBAUTHN);
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        bytes32 namespace = 0xcaf2a002cc16fc3c70fff6edb6262e5041ac8e964ca0b3f4db33821128ef9f00;
        uint256 expected = uint256(WEBAUTHN) << 224 | uint256(1) << 160 | uint160(addressOf(OWNER_KEY));
        assertEq(uint256(vm.load(address(account), namespace)), expected, "kind, epoch, owner");
    }

    /// A key signs. If somebody could call from the address that it gives, that would be somebody else.
    function test_call_fromTheAddressOfAKey_reverts() public {
        ownBy(P256);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, addressOf(OWNER_KEY)));
        vm.prank(addressOf(OWNER_KEY));
        account.revokeAllSessions();
    }

    // --- operations

    function test_owner_everyKind_acts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            submit(ownedBy(kind, ping()));
            pinged(kind);
        }
    }

    function test_owner_everyKind_registersAndRevokes() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());

            submit(ownedBy(kind, costly(abi.encodeCall(account.registerSession, (permission)))));
            assertEq(statusOf(permission), STATUS_ACTIVE, "registered");
            submit(ownedBy(kind, costly(abi.encodeCall(account.revokeSession, (account.sessionId(permission))))));
            assertEq(statusOf(permission), STATUS_CLOSED, "revoked");
        }
    }

    function test_owner_otherKey_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ping();
            op.signature = abi.encodePacked(OWNER_RAW, signP256(kind, OWNER_KEY + 1, ENTRY_POINT.getUserOpHash(op)));

            expectBadSignature();
            submit(op);
        }
    }

    function test_owner_otherHash_reverts(bytes32 hash) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ping();
            op.signature = abi.encodePacked(OWNER_RAW, signP256(kind, OWNER_KEY, hash));

            expectBadSignature();
            submit(op);
        }
    }

    // --- grants

    /// Every kind of owner grants every kind of key: lengths of the one never shift the other.
    function test_firstUse_everyPairOfKinds_acts() public {
        uint256 times;
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
                Grant memory g = grantTo(signerType);
                g.feeLimit = 100 ether;
                bytes memory permission = PermissionBuilder.pack(g);
                PackedUserOperation memory op = ping();
                bytes memory key = signP256(signerType, P256_KEY, ENTRY_POINT.getUserOpHash(op));
                op.signature = abi.encodePacked(FIRST_USE, permission, keyGrant(kind, permission), key);
                submit(op);

                pinged(++times);
                assertEq(statusOf(permission), STATUS_ACTIVE, "active from now on");
            }
        }
    }

    function test_firstUse_secp256k1Key_actsAndStays() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            submit(granted(FIRST_USE, permission, keyGrant(kind, permission)));
            submit(sessionOperation(permission, pingData()));

            pinged(2 * kind);
            assertEq(usesOf(permission), 2, "both uses count");
        }
    }

    function test_stateless_everyKind_isGranted() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            Grant memory g = statelessGrant();
            g.paymasters = PermissionBuilder.list(stranger);
            bytes memory permission = PermissionBuilder.pack(g);

            PackedUserOperation memory op = ping();
            op.paymasterAndData = abi.encodePacked(stranger, uint128(1), uint128(1));
            op = signGranted(op, STATELESS, permission, keyGrant(kind, permission));
            bytes32 hash = ENTRY_POINT.getUserOpHash(op);
            vm.prank(address(ENTRY_POINT));
            uint256 validationData = account.validateUserOp(op, hash, 0);

            assertEq(uint160(validationData), 0, "accepted up to its paymaster");
            assertEq(wordOf(permission), 0, "nothing is stored");
        }
    }

    // --- ERC-1271

    function test_isValidSignature_openfortMessage_accepts(bytes32 hash) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes32 structHash = keccak256(abi.encode(keccak256("OpenfortMessage(bytes32 hashedMessage)"), hash));
            bytes memory signature = signP256(kind, OWNER_KEY, typedDigest("Openfort", "0.5", structHash));

            assertEq(account.isValidSignature(hash, signature), IERC1271.isValidSignature.selector, "accepted");
            assertEq(account.isValidSignature(~hash, signature), REFUSED, "for nothing else");
        }
    }

    function test_isValidSignature_personalSign_accepts(bytes32 hash) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), hash));
            bytes memory signature = signP256(kind, OWNER_KEY, typedDigest("Latchkey", "1", structHash));

            assertEq(account.isValidSignature(hash, signature), IERC1271.isValidSignature.selector, "accepted");
        }
    }

    /// One signature would count for every account of the key.
    function test_isValidSignature_hashItself_refuses(bytes32 hash) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            assertEq(account.isValidSignature(hash, signP256(kind, OWNER_KEY, hash)), REFUSED, "refused");
        }
    }

    function test_isValidSignature_anyBytes_neverReverts(bytes32 hash, bytes memory signature) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            assertEq(account.isValidSignature(hash, signature), REFUSED, "refused without a revert");
        }
    }

    function refuseKey(uint8 kind, bytes32 x, bytes32 y) private {
        bytes memory initialization = abi.encodeCall(ILatchkeyAccount.initializeWithPublicKey, (kind, x, y));
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwnerKey.selector, kind, x, y));
        new ERC1967Proxy(address(implementation), initialization);
    }

    function typedDigest(string memory name, string memory version, bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                block.chainid,
                account
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
