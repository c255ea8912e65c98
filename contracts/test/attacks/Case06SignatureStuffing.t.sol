// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";

/// @dev Case 6: a bundler adds bytes to the signature, which no hash covers, so that the account pays for more gas.
abstract contract SignatureStuffingAttack is AccountFixture {
    function test_case06_bytesBehindASession_reverts(bytes memory stuffing) public {
        vm.assume(stuffing.length != 0);
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = sessionOperation(permission, pingData());
        op.signature = bytes.concat(op.signature, stuffing);

        refuse(op);
    }

    function test_case06_bytesInsideASession_reverts(bytes memory stuffing) public {
        vm.assume(stuffing.length != 0);
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        bytes memory signature = sign(sessionKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(SESSION_RAW, permission, stuffing, signature);

        refuse(op);
    }

    function test_case06_bytesBehindTheOwner_reverts(bytes memory stuffing) public {
        vm.assume(stuffing.length != 0);
        PackedUserOperation memory op = ownerOperation(pingData());
        op.signature = bytes.concat(op.signature, stuffing);

        refuse(op);
    }

    /// Every other spelling of the mode byte.
    function test_case06_reservedModeBits_revert(uint8 bits) public {
        bits = uint8(bound(bits, 1, 63)) << 2;
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        bytes memory signature = sign(sessionKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(SESSION_RAW | bits, permission, signature);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }

    /// @dev Which reason it is depends on where the bytes fall; that it is refused must not.
    function refuse(PackedUserOperation memory op) private {
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        vm.prank(address(ENTRY_POINT));
        try account.validateUserOp(op, hash, 0) returns (uint256 validationData) {
            assertEq(uint160(validationData), 1, "a stuffed signature is no signature");
        } catch {}
    }
}

contract Case06SignatureStuffingOnProxyTest is SignatureStuffingAttack, ProxyHome {}

contract Case06SignatureStuffingOnDelegatedTest is SignatureStuffingAttack, DelegatedHome {}
