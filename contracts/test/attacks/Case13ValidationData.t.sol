// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant} from "../support/PermissionBuilder.sol";

/// @dev Case 13: validation data that says something else than was meant.
abstract contract ValidationDataAttack is AccountFixture {
    function test_case13_session_packsItsWindow(uint48 start, uint48 end, bool wrong) public {
        Grant memory g = defaultGrant();
        g.validAfter = uint48(bound(start, 0, type(uint48).max - 1));
        g.validUntil = uint48(bound(end, uint256(g.validAfter) + 1, type(uint48).max));
        bytes memory permission = register(g);
        PackedUserOperation memory op = operation(pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = abi.encodePacked(SESSION_RAW, permission, sign(wrong ? ownerKey : sessionKey, hash));

        vm.prank(address(ENTRY_POINT));
        uint256 data = account.validateUserOp(op, hash, 0);

        assertEq(uint160(data), wrong ? 1 : 0, "no aggregator: success or failure alone");
        assertEq(uint48(data >> 160), g.validUntil, "the end, which is never 0");
        assertEq(data >> 208, g.validAfter == 0 ? 0 : g.validAfter - 1, "the moment before the start");
    }

    function test_case13_owner_hasNoWindow(bool wrong) public {
        PackedUserOperation memory op = operation(pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = abi.encodePacked(OWNER_RAW, sign(wrong ? sessionKey : ownerKey, hash));

        vm.prank(address(ENTRY_POINT));
        assertEq(account.validateUserOp(op, hash, 0), wrong ? 1 : 0, "success or failure alone");
    }
}

contract Case13ValidationDataOnProxyTest is ValidationDataAttack, ProxyHome {}

contract Case13ValidationDataOnDelegatedTest is ValidationDataAttack, DelegatedHome {}
