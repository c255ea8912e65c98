// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";

/// @dev The forms of an operation's signature field.
abstract contract OperationSignatureBehavior is AccountFixture {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function test_owner_bareSignatureOfTheHome_acts() public {
        submit(ownerOperation(pingData()));

        assertEq(target.pings(), 1, "EIP-191 on a proxy, the hash itself on a delegated account");
    }

    function test_owner_bareSignatureOfTheOtherHome_reverts() public {
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = sign(ownerKey, isDelegated() ? eip191(hash) : hash);

        expectBadSignature();
        submit(op);
    }

    function test_owner_modeByte_acceptsEitherForm() public {
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = abi.encodePacked(OWNER_RAW, sign(ownerKey, hash));
        submit(op);

        (op, hash) = unsigned();
        op.signature = abi.encodePacked(OWNER_EIP191, sign(ownerKey, eip191(hash)));
        submit(op);

        assertEq(target.pings(), 2, "both forms");
    }

    function test_owner_modeByteOfTheOtherForm_reverts() public {
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = abi.encodePacked(OWNER_RAW, sign(ownerKey, eip191(hash)));

        expectBadSignature();
        submit(op);
    }

    function test_owner_signedByAnother_reverts(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = sign(key, isDelegated() ? hash : eip191(hash));

        expectBadSignature();
        submit(op);
    }

    /// The other signature that the same key could have made: s and v mirrored.
    function test_owner_upperHalfS_reverts() public {
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, hash);
        op.signature = abi.encodePacked(OWNER_RAW, r, ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));

        expectBadSignature();
        submit(op);
    }

    function test_owner_vBelow27_reverts() public {
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, hash);
        op.signature = abi.encodePacked(OWNER_RAW, r, s, v - 27);

        expectBadSignature();
        submit(op);
    }

    /// Nothing can be recovered from zeros; the zero address is no signer.
    function test_owner_zeroSignature_reverts() public {
        (PackedUserOperation memory op,) = unsigned();
        op.signature = new bytes(65);

        expectBadSignature();
        submit(op);
    }

    function test_signature_shorterThan65_reverts(uint256 length) public {
        (PackedUserOperation memory op,) = unsigned();
        op.signature = new bytes(bound(length, 0, 64));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }

    /// Not even a mode byte to read.
    function test_signature_empty_isMalformed() public {
        (PackedUserOperation memory op,) = unsigned();
        op.signature = "";

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }

    function test_signature_unknownMode_reverts(uint8 mode) public {
        vm.assume(mode > SESSION_EIP191);
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = abi.encodePacked(mode, sign(ownerKey, hash));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }

    function test_owner_modeByteAndTrailingBytes_reverts(bytes memory trailing) public {
        vm.assume(trailing.length != 0);
        (PackedUserOperation memory op, bytes32 hash) = unsigned();
        op.signature = abi.encodePacked(OWNER_RAW, trailing, sign(ownerKey, hash));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }

    function test_validateUserOp_notFromEntryPoint_reverts() public {
        PackedUserOperation memory op = ownerOperation(pingData());

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, owner));
        vm.prank(owner);
        account.validateUserOp(op, bytes32(0), 0);
    }

    function test_validateUserOp_missingFunds_arePaidToTheEntryPoint() public {
        PackedUserOperation memory op = ownerOperation(pingData());
        uint256 before = address(account).balance;

        vm.prank(address(ENTRY_POINT));
        account.validateUserOp(op, bytes32(0), 1 ether);

        assertEq(before - address(account).balance, 1 ether, "the prefund was paid");
    }

    function unsigned() private view returns (PackedUserOperation memory op, bytes32 hash) {
        op = operation(pingData());
        hash = ENTRY_POINT.getUserOpHash(op);
    }
}

contract OperationSignatureOnProxyTest is OperationSignatureBehavior, ProxyHome {}

contract OperationSignatureOnDelegatedTest is OperationSignatureBehavior, DelegatedHome {}
