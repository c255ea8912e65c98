// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {Call, ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./AccountFixture.sol";
import {Grant, PermissionBuilder} from "./PermissionBuilder.sol";
import {Target} from "./Target.sol";

/// @title Sessions with rules
abstract contract SessionRuleFixture is AccountFixture {
    uint8 internal constant MODE_SESSION = 2;
    uint8 internal constant MODE_MOMENT = 1 << 4;

    /// @dev Lets the session key call `Target.ping` and `Target.set(uint256,address)` within the rules; in that order
    /// the two are functions 0 and 1, or 1 and 0, see {functionIndex}.
    function grantWith(bytes[] memory rules) internal view returns (Grant memory g) {
        g = defaultGrant();
        g.limit = 0;
        g.functions = PermissionBuilder.list(functionOf(Target.ping.selector), functionOf(Target.set.selector));
        g.rules = rules;
    }

    /// @dev Lets the session key do nothing but what the rules themselves grant.
    function bareGrant(bytes[] memory rules) internal view returns (Grant memory g) {
        g = grantWith(rules);
        g.functions = new bytes24[](0);
    }

    function functionOf(bytes4 selector) internal view returns (bytes24) {
        return PermissionBuilder.functionOf(address(target), selector);
    }

    function functionIndex(bytes4 selector) internal pure returns (uint8) {
        bytes4 other = selector == Target.ping.selector ? Target.set.selector : Target.ping.selector;
        return selector < other ? 0 : 1;
    }

    function setData(uint256 number, address who) internal view returns (bytes memory) {
        return executeData(address(target), 0, abi.encodeCall(Target.set, (number, who)));
    }

    function pay(uint256 value) internal view returns (bytes memory) {
        return executeData(address(target), value, abi.encodeCall(Target.ping, ()));
    }

    function call(address to, uint256 value, bytes memory data) internal pure returns (Call memory) {
        return Call(to, value, data);
    }

    function batch(Call memory a) internal pure returns (bytes memory) {
        Call[] memory calls = new Call[](1);
        calls[0] = a;
        return abi.encodeCall(ILatchkeyAccount.executeBatch, (calls));
    }

    function batch(Call memory a, Call memory b) internal pure returns (bytes memory) {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (a, b);
        return abi.encodeCall(ILatchkeyAccount.executeBatch, (calls));
    }

    function batch(Call memory a, Call memory b, Call memory c) internal pure returns (bytes memory) {
        Call[] memory calls = new Call[](3);
        (calls[0], calls[1], calls[2]) = (a, b, c);
        return abi.encodeCall(ILatchkeyAccount.executeBatch, (calls));
    }

    /// @dev An operation that names `moment`.
    function timedOperation(bytes memory permission, uint256 moment, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op = operation(callData);
        bytes memory signature = sign(sessionKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(MODE_SESSION | MODE_MOMENT, uint48(moment), permission, signature);
    }

    function use(bytes memory permission, bytes memory callData) internal {
        submit(sessionOperation(permission, callData));
    }

    /// @dev A use that names the block's time.
    function useNow(bytes memory permission, bytes memory callData) internal {
        submit(timedOperation(permission, block.timestamp, callData));
    }

    function usedOf(bytes memory permission, uint8 rule) internal view returns (uint256) {
        return account.ruleUsed(account.sessionId(permission), rule);
    }

    function expectValueExceeded(uint8 rule, uint256 limit, uint256 spent, uint256 asked) internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueLimitExceeded.selector, rule, limit, spent, asked));
    }

    function expectAmountExceeded(uint8 rule, uint256 limit, uint256 spent, uint256 asked) internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, rule, limit, spent, asked));
    }

    function expectMomentRefused(uint8 rule, uint256 moment) internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.MomentNotAllowed.selector, rule, moment));
    }

    function expectTokenCallRefused(address token, bytes4 selector) internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TokenCallNotAllowed.selector, token, selector));
    }

    function expectNotListed(address to, bytes4 selector) internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, to, selector));
    }
}
