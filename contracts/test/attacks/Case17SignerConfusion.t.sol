// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 17: a signature counts for another kind of key, or in a second form.
abstract contract SignerConfusionAttack is AccountFixture {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// The mirrored twin of a session's signature.
    function test_case17_upperHalfS_reverts() public {
        (PackedUserOperation memory op, bytes memory permission, bytes32 hash) = prepared();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(sessionKey, hash);
        uint8 mirrored = v == 27 ? 28 : 27;
        op.signature = abi.encodePacked(SESSION_RAW, permission, r, ORDER - uint256(s), mirrored);

        expectBadSignature();
        submit(op);
    }

    function test_case17_otherV_reverts(uint8 v) public {
        vm.assume(v != 27 && v != 28);
        (PackedUserOperation memory op, bytes memory permission, bytes32 hash) = prepared();
        (, bytes32 r, bytes32 s) = vm.sign(sessionKey, hash);
        op.signature = abi.encodePacked(SESSION_RAW, permission, r, s, v);

        expectBadSignature();
        submit(op);
    }

    /// 64 bytes (ERC-2098) would shift the border between permission and signature.
    function test_case17_compactForm_isNoSession() public {
        (PackedUserOperation memory op, bytes memory permission, bytes32 hash) = prepared();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(sessionKey, hash);
        op.signature = abi.encodePacked(SESSION_RAW, permission, r, uint256(s) | (uint256(v - 27) << 255));

        vm.expectRevert();
        vm.prank(address(ENTRY_POINT));
        account.validateUserOp(op, hash, 0);
    }

    function test_case17_nobodyRecovered_reverts() public {
        (PackedUserOperation memory op, bytes memory permission,) = prepared();
        op.signature = abi.encodePacked(SESSION_RAW, permission, new bytes(65));

        expectBadSignature();
        submit(op);
    }

    function test_case17_zeroSigner_isMalformed() public {
        Grant memory g = defaultGrant();
        g.signer = address(0);
        refuse(PermissionBuilder.pack(g));
    }

    /// Key types that this account cannot check cannot be granted.
    function test_case17_otherKeyType_isMalformed(uint8 signerType) public {
        vm.assume(signerType > 3);
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        permission[1] = bytes1(signerType);
        refuse(permission);
    }

    /// A session's key is not the owner's, even in the owner's form.
    function test_case17_sessionKeyAsOwner_reverts() public {
        (PackedUserOperation memory op,, bytes32 hash) = prepared();
        op.signature = sign(sessionKey, isDelegated() ? hash : eip191(hash));

        expectBadSignature();
        submit(op);
    }

    function prepared() private returns (PackedUserOperation memory op, bytes memory permission, bytes32 hash) {
        permission = register(defaultGrant());
        op = operation(pingData());
        hash = ENTRY_POINT.getUserOpHash(op);
    }

    function refuse(bytes memory permission) private {
        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }
}

contract Case17SignerConfusionOnProxyTest is SignerConfusionAttack, ProxyHome {}

contract Case17SignerConfusionOnDelegatedTest is SignerConfusionAttack, DelegatedHome {}
