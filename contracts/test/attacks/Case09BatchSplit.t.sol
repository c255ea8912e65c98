// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevToken} from "../../src/dev/DevToken.sol";
import {Call, ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleFixture} from "../support/RuleFixture.sol";
import {Target} from "../support/Target.sol";

/// @dev Case 9: a batch whose calls are each within a limit that their sum passes.
abstract contract BatchSplitAttack is RuleFixture {
    function test_case09_tokenSum_isWhatCounts() public {
        DevToken token = newToken();
        bytes memory permission = register(tokenGrant(erc20Total(address(token), 100)));

        refuse(
            permission,
            batchData(transferCall(address(token), 60), transferCall(address(token), 41)),
            abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 0, 100, 60, 41)
        );
        submit(
            sessionOperation(permission, batchData(transferCall(address(token), 60), transferCall(address(token), 40)))
        );
        assertEq(token.balanceOf(stranger), 100, "the honest batch");
    }

    /// Two rules about one token both count each call.
    function test_case09_everyRuleOfTheToken_counts() public {
        DevToken token = newToken();
        bytes[] memory rules =
            ruleList(erc20Total(address(token), 100), erc20Period(address(token), 50, block.timestamp, 60));
        bytes memory permission = register(tokenGrant(rules));
        bytes memory dishonest = batchData(transferCall(address(token), 30), transferCall(address(token), 21));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 1, 50, 30, 21));
        submit(timedOperation(permission, dishonest, block.timestamp));

        bytes memory honest = batchData(transferCall(address(token), 30), transferCall(address(token), 20));
        submit(timedOperation(permission, honest, block.timestamp));
        assertEq(usedOf(permission, 0), 50, "in the total");
        assertEq(usedOf(permission, 1), 50, "and in the period");
    }

    function test_case09_valueSum_isWhatCounts() public {
        bytes memory permission = register(ruled(ruleList(valuePerCall(10), valueTotal(15))));

        refuse(permission, batchData(payment(10), payment(6)), valueExceeded(1, 15, 10, 6));
        refuse(permission, batchData(payment(1), payment(11)), valueExceeded(0, 10, 0, 11));
        submit(sessionOperation(permission, batchData(payment(10), payment(5))));
        assertEq(target.received(), 15, "the honest batch");
    }

    function test_case09_calls_areCountedOneByOne() public {
        Grant memory g = defaultGrant();
        g.limit = 2;
        bytes memory permission = register(g);

        refuse(permission, pings(3), abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 2, 2, 1));
        submit(sessionOperation(permission, pings(2)));
        assertEq(target.pings(), 2, "the honest batch");
    }

    function test_case09_callsOfAFunction_areCountedOneByOne() public {
        bytes memory permission = register(ruled(count(2)));

        refuse(permission, pings(3), abi.encodeWithSelector(ILatchkeyAccount.CountExceeded.selector, 0, 2, 2));
        submit(sessionOperation(permission, pings(2)));
        assertEq(usedOf(permission, 0), 2, "the honest batch");
    }

    function test_case09_rate_countsOneByOne() public {
        bytes memory permission = register(ruled(rate(2, 60)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 2, 60));
        submit(timedOperation(permission, pings(3), block.timestamp));
        submit(timedOperation(permission, pings(2), block.timestamp));
        assertEq(target.pings(), 2, "the honest batch");
    }

    function test_case09_argumentSum_isWhatCounts() public {
        Grant memory g = ruled(argumentTotal(0, 10));
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), 0x12345678));
        bytes memory permission = register(g);

        refuse(
            permission,
            batchData(argued(6), argued(5)),
            abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 0, 10, 6, 5)
        );
        submit(sessionOperation(permission, batchData(argued(6), argued(4))));
        assertEq(target.plainCalls(), 2, "the honest batch");
    }

    function test_case09_emptyBatch_reverts() public {
        bytes memory permission = register(defaultGrant());
        refuse(permission, pings(0), abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
    }

    /// The forbidden call hides behind many allowed ones.
    function test_case09_lastOfMany_isJudged(uint256 position) public {
        bytes memory permission = register(defaultGrant());
        Call[] memory calls = new Call[](34);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = payment(0);
        }
        position = bound(position, 0, calls.length - 1);
        calls[position].data = abi.encodeCall(Target.poke, ());

        bytes memory reason =
            abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(target), Target.poke.selector);
        refuse(permission, batchData(calls), reason);
    }

    function test_case09_honestLongBatch_acts() public {
        bytes memory permission = register(defaultGrant());

        submit(sessionOperation(permission, pings(34)));

        assertEq(target.pings(), 34, "all of them");
        assertEq(usesOf(permission), 34, "all counted");
    }

    function pings(uint256 size) private view returns (bytes memory) {
        Call[] memory calls = new Call[](size);
        for (uint256 i = 0; i < size; ++i) {
            calls[i] = payment(0);
        }
        return batchData(calls);
    }

    function argued(uint256 amount) private view returns (Call memory) {
        return Call(address(target), 0, abi.encodeWithSelector(0x12345678, amount));
    }

    function valueExceeded(uint8 rule, uint256 limit, uint256 spent, uint256 asked)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ILatchkeyAccount.ValueLimitExceeded.selector, rule, limit, spent, asked);
    }

    function refuse(bytes memory permission, bytes memory callData, bytes memory reason) private {
        expectRefusal(reason);
        submit(sessionOperation(permission, callData));
    }
}

contract Case09BatchSplitOnProxyTest is BatchSplitAttack, ProxyHome {}

contract Case09BatchSplitOnDelegatedTest is BatchSplitAttack, DelegatedHome {}
