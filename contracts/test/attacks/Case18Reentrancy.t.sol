// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {Call, ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Tries everything that it could do to its caller while it is being called.
contract Reentrant {
    LatchkeyAccount private account;
    IEntryPoint private entryPoint;
    PackedUserOperation private next;
    bytes private permission;

    uint256 public attempts;
    uint256 public successes;

    function aim(LatchkeyAccount account_, IEntryPoint entryPoint_, PackedUserOperation memory next_, bytes memory p)
        external
    {
        (account, entryPoint, next, permission) = (account_, entryPoint_, next_, p);
    }

    function ping() external {
        PackedUserOperation[] memory ops = new PackedUserOperation[](1);
        ops[0] = next;
        attempt(address(entryPoint), abi.encodeCall(entryPoint.handleOps, (ops, payable(address(this)))));
        attempt(address(account), abi.encodeCall(account.validateUserOp, (next, bytes32(0), 0)));
        attempt(address(account), abi.encodeCall(ILatchkeyAccount.execute, (address(this), 1 ether, "")));
        attempt(address(account), abi.encodeCall(account.executeBatch, (new Call[](0))));
        attempt(address(account), abi.encodeCall(account.registerSession, (permission)));
        attempt(address(account), abi.encodeCall(account.revokeAllSessions, ()));
        attempt(address(account), abi.encodeCall(account.changeOwner, (address(this))));
        attempt(address(account), abi.encodeCall(account.upgradeToAndCall, (address(this), "")));
    }

    function attempt(address to, bytes memory callData) private {
        (bool ok,) = to.call(callData);
        ++attempts;
        if (ok) ++successes;
    }
}

/// @dev Case 18: the called contract calls back, into the account or into a second session operation.
abstract contract ReentrancyAttack is AccountFixture {
    function test_case18_calledContract_getsNowhere() public {
        Reentrant reentrant = new Reentrant();
        Grant memory g = defaultGrant();
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(reentrant), Reentrant.ping.selector));
        bytes memory permission = register(g);
        bytes memory callData = executeData(address(reentrant), 0, abi.encodeCall(Reentrant.ping, ()));

        PackedUserOperation memory op = operation(callData);
        op.accountGasLimits = bytes32(VERIFICATION_GAS << 128 | 3_000_000);
        PackedUserOperation memory second = operation(callData);
        second.nonce = uint256(1) << 64;
        reentrant.aim(account, ENTRY_POINT, signAsSession(second, permission), PermissionBuilder.pack(sudoGrant()));
        submit(signAsSession(op, permission));

        assertEq(reentrant.attempts(), 8, "it tried");
        assertEq(reentrant.successes(), 0, "in vain");
        assertEq(usesOf(permission), 1, "one use was one call");
    }
}

contract Case18ReentrancyOnProxyTest is ReentrancyAttack, ProxyHome {}

contract Case18ReentrancyOnDelegatedTest is ReentrancyAttack, DelegatedHome {}
