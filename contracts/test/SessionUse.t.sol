// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {Target} from "./support/Target.sol";

/// @dev What a session may do through the EntryPoint, rule by rule.
abstract contract SessionUseBehavior is AccountFixture {
    function test_session_withinPermission_acts() public {
        bytes memory permission = register(defaultGrant());

        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 1, "the call was made");
        assertEq(target.lastCaller(), address(account), "by the account");
        assertEq(usesOf(permission), 1, "one use is counted");
        assertEq(feesOf(permission), WORST_CASE, "the worst case is charged");
        assertEq(statusOf(permission), STATUS_ACTIVE, "the session stays active");
    }

    // --- status

    function test_session_neverRegistered_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes32 id = account.sessionId(permission);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 0));
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_revoked_reverts() public {
        bytes memory permission = register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 2));
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_afterRevokeAll_reverts() public {
        bytes memory permission = register(defaultGrant());
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        bytes32 id = account.sessionId(permission);
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 0));
        submit(sessionOperation(permission, pingData()));
    }

    // --- function, target, value

    function test_session_otherFunction_reverts(bytes4 selector, bytes memory arguments) public {
        vm.assume(selector != ILatchkeyAccount.execute.selector);
        vm.assume(selector != ILatchkeyAccount.executeBatch.selector);
        bytes memory permission = register(sudoGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FunctionForbidden.selector, selector));
        submit(sessionOperation(permission, abi.encodePacked(selector, arguments)));
    }

    function test_session_functionNotGranted_reverts() public {
        bytes memory permission = register(defaultGrant());

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(target), Target.poke.selector)
        );
        submit(sessionOperation(permission, executeData(address(target), 0, abi.encodeCall(Target.poke, ()))));
    }

    function test_session_contractNotGranted_reverts(address other) public {
        vm.assume(other != address(target) && other != address(account) && other != address(ENTRY_POINT));
        bytes memory permission = register(defaultGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, other, Target.ping.selector));
        submit(sessionOperation(permission, executeData(other, 0, abi.encodeCall(Target.ping, ()))));
    }

    function test_session_shortDataOnFunction_reverts(uint256 length) public {
        length = bound(length, 0, 3);
        Grant memory g = defaultGrant();
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), 0));
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(target), bytes4(0)));
        submit(sessionOperation(permission, executeData(address(target), 0, new bytes(length))));
    }

    function test_session_wholeContract_allowsAnyCalldata(bytes memory data) public {
        vm.assume(data.length < 4 || bytes4(data) != Target.fail.selector);
        Grant memory g = defaultGrant();
        g.functions = new bytes24[](0);
        g.contracts = PermissionBuilder.list(address(target));
        bytes memory permission = register(g);

        submit(sessionOperation(permission, executeData(address(target), 0, data)));

        assertEq(usesOf(permission), 1, "the call was allowed");
    }

    function test_session_oneOfManyRules_acts(uint256 seed) public {
        Grant memory g = defaultGrant();
        uint256 size = bound(seed, 1, 40);
        uint256 granted = bound(seed >> 8, 0, size - 1);
        g.functions = new bytes24[](size);
        uint256 ping = uint192(PermissionBuilder.functionOf(address(target), Target.ping.selector));
        for (uint256 i = 0; i < size; ++i) {
            g.functions[i] = bytes24(uint192(ping + i - granted));
        }
        bytes memory permission = register(g);

        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 1, "found wherever it stands in the list");
    }

    function test_session_valueWithoutSudo_reverts(uint96 value) public {
        vm.assume(value != 0);
        Grant memory g = defaultGrant();
        g.functions = new bytes24[](0);
        g.contracts = PermissionBuilder.list(address(target));
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, uint256(value)));
        submit(sessionOperation(permission, executeData(address(target), value, "")));
    }

    function test_session_sudo_sendsValueAnywhere() public {
        bytes memory permission = register(sudoGrant());

        submit(sessionOperation(permission, executeData(stranger, 1 ether, "")));

        assertEq(stranger.balance, 1 ether, "value was sent");
    }

    // --- limit

    function test_session_limitReached_reverts() public {
        Grant memory g = defaultGrant();
        g.limit = 2;
        bytes memory permission = register(g);
        submit(sessionOperation(permission, pingData()));
        submit(sessionOperation(permission, pingData()));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 2, 2, 1));
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_noLimit_isNotCounted() public {
        Grant memory g = defaultGrant();
        g.limit = 0;
        bytes memory permission = register(g);

        submit(sessionOperation(permission, pingData()));

        assertEq(usesOf(permission), 0, "nothing is counted");
        assertEq(feesOf(permission), WORST_CASE, "fees are");
    }

    function test_session_twoSessions_countApart() public {
        Grant memory g = defaultGrant();
        bytes memory first = register(g);
        g.salt = bytes8(uint64(1));
        bytes memory second = register(g);

        submit(sessionOperation(first, pingData()));

        assertEq(usesOf(first), 1, "the first counts");
        assertEq(usesOf(second), 0, "the second does not");
    }

    // --- fees

    function test_session_noBudgetNoPaymaster_reverts() public {
        Grant memory g = defaultGrant();
        g.feeLimit = 0;
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitMissing.selector));
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_budgetSpent_reverts() public {
        Grant memory g = defaultGrant();
        g.feeLimit = uint96(2 * WORST_CASE - 1);
        bytes memory permission = register(g);
        submit(sessionOperation(permission, pingData()));

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.FeeLimitExceeded.selector, g.feeLimit, WORST_CASE, WORST_CASE)
        );
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_budgetExactlySpent_acts() public {
        Grant memory g = defaultGrant();
        g.feeLimit = uint96(WORST_CASE);
        bytes memory permission = register(g);

        submit(sessionOperation(permission, pingData()));

        assertEq(feesOf(permission), g.feeLimit, "to the last wei");
    }

    // --- time

    function test_session_windowEnds_areInclusive(uint48 start, uint48 length) public {
        Grant memory g = defaultGrant();
        g.validAfter = uint48(bound(start, 1, type(uint40).max));
        g.validUntil = uint48(g.validAfter + bound(length, 1, type(uint40).max));
        bytes memory permission = register(g);

        vm.warp(g.validAfter - 1);
        expectOutOfTime();
        submit(sessionOperation(permission, pingData()));

        vm.warp(g.validAfter);
        submit(sessionOperation(permission, pingData()));

        vm.warp(g.validUntil);
        submit(sessionOperation(permission, pingData()));

        vm.warp(uint256(g.validUntil) + 1);
        expectOutOfTime();
        submit(sessionOperation(permission, pingData()));
    }

    function test_session_noStart_actsAtOnce() public {
        Grant memory g = defaultGrant();
        g.validAfter = 0;
        g.validUntil = type(uint48).max;
        bytes memory permission = register(g);

        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 1, "no start and practically no end");
    }

    // --- signature

    function test_session_eitherForm_acts() public {
        bytes memory permission = register(defaultGrant());

        PackedUserOperation memory op = operation(pingData());
        op.signature = abi.encodePacked(SESSION_RAW, permission, sign(sessionKey, ENTRY_POINT.getUserOpHash(op)));
        submit(op);

        op = operation(pingData());
        op.signature =
            abi.encodePacked(SESSION_EIP191, permission, sign(sessionKey, eip191(ENTRY_POINT.getUserOpHash(op))));
        submit(op);

        assertEq(target.pings(), 2, "EIP-191 and the hash itself, in both homes");
    }

    function test_session_signedByAnother_reverts(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        op.signature = abi.encodePacked(SESSION_RAW, permission, sign(key, ENTRY_POINT.getUserOpHash(op)));

        expectBadSignature();
        submit(op);
    }

    function test_session_signedByOwner_reverts() public {
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        op.signature = abi.encodePacked(SESSION_RAW, permission, sign(ownerKey, ENTRY_POINT.getUserOpHash(op)));

        expectBadSignature();
        submit(op);
    }
}

contract SessionUseOnProxyTest is SessionUseBehavior, ProxyHome {}

contract SessionUseOnDelegatedTest is SessionUseBehavior, DelegatedHome {}
