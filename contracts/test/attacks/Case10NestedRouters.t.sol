// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {DevToken} from "../../src/dev/DevToken.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleFixture} from "../support/RuleFixture.sol";

/// @dev Calls whatever it is told to call, like a multicall contract.
contract Router {
    bool public ok;
    bytes public answer;

    function forward(address to, bytes calldata data) external payable {
        (ok, answer) = to.call{value: msg.value}(data);
    }
}

/// @dev Case 10: a granted router acts for the session where the session itself may not.
abstract contract NestedRoutersAttack is RuleFixture {
    function test_case10_honestUseOfTheRouter_acts() public {
        (Router router, bytes memory permission) = routed();

        submit(sessionOperation(permission, through(router, address(target), 0, "")));

        assertEq(target.received(), 0, "nothing was sent");
        assertTrue(router.ok(), "the call went through");
    }

    function test_case10_valueThroughTheRouter_reverts() public {
        (Router router, bytes memory permission) = routed();

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, 1));
        submit(sessionOperation(permission, through(router, address(target), 1, "")));
    }

    function test_case10_valueUnderARule_isBounded() public {
        Router router = new Router();
        Grant memory g = tokenGrant(valueTotal(10));
        g.contracts = PermissionBuilder.list(address(router));
        bytes memory permission = register(g);

        submit(sessionOperation(permission, through(router, address(target), 10, "")));
        assertEq(target.received(), 10, "within the rule");

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueLimitExceeded.selector, 0, 10, 10, 1));
        submit(sessionOperation(permission, through(router, address(target), 1, "")));
    }

    function test_case10_routerCallsTheAccount_isNobody() public {
        (Router router, bytes memory permission) = routed();
        bytes memory inner = executeData(stranger, 1 ether, "");
        submit(sessionOperation(permission, through(router, address(account), 0, inner)));
        expectNobody(router);

        inner = abi.encodeCall(ILatchkeyAccount.registerSession, (PermissionBuilder.pack(sudoGrant())));
        submit(sessionOperation(permission, through(router, address(account), 0, inner)));
        expectNobody(router);
        assertEq(stranger.balance, 0, "nothing was sent");
    }

    function test_case10_withdrawThroughTheRouter_movesNothing() public {
        (Router router, bytes memory permission) = routed();
        bytes memory inner = abi.encodeWithSignature("withdrawTo(address,uint256)", stranger, 1 ether);

        submit(sessionOperation(permission, through(router, address(ENTRY_POINT), 0, inner)));

        assertFalse(router.ok(), "the deposit is the account's, not the router's");
        assertEq(stranger.balance, 0, "nothing was sent");
    }

    /// Without an allowance the router cannot pull, and the session cannot give one.
    function test_case10_pullThroughTheRouter_movesNothing() public {
        (Router router, bytes memory permission) = routed();
        DevToken token = newToken();
        bytes memory approval = executeData(address(token), 0, abi.encodeCall(IERC20.approve, (address(router), 1)));

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.CallNotAllowed.selector, address(token), IERC20.approve.selector)
        );
        submit(sessionOperation(permission, approval));

        submit(sessionOperation(permission, through(router, address(token), 0, pull(1))));
        assertFalse(router.ok(), "no allowance");
        assertEq(token.balanceOf(address(account)), 1000, "nothing moved");
    }

    /// With a limit on the token, what the router can pull is what was charged as allowance.
    function test_case10_allowanceForTheRouter_isCharged() public {
        Router router = new Router();
        DevToken token = newToken();
        Grant memory g = tokenGrant(erc20Total(address(token), 100));
        g.contracts = PermissionBuilder.list(address(router));
        bytes memory permission = register(g);

        submit(sessionOperation(permission, approve(token, router, 100)));
        submit(sessionOperation(permission, through(router, address(token), 0, pull(100))));
        assertTrue(router.ok(), "it pulls what it was allowed");

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 0, 100, 100, 1));
        submit(sessionOperation(permission, approve(token, router, 1)));
        submit(sessionOperation(permission, through(router, address(token), 0, pull(1))));
        assertFalse(router.ok(), "and no more");
        assertEq(token.balanceOf(stranger), 100, "the limit");
    }

    /// A batch inside execute is a call of the account by itself.
    function test_case10_accountAsItsOwnRouter_reverts() public {
        (, bytes memory permission) = routed();

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TargetForbidden.selector, address(account)));
        submit(sessionOperation(permission, executeData(address(account), 0, batchData(payment(1), payment(1)))));
    }

    function routed() private returns (Router router, bytes memory permission) {
        router = new Router();
        Grant memory g = defaultGrant();
        g.functions = new bytes24[](0);
        g.contracts = PermissionBuilder.list(address(router));
        permission = register(g);
    }

    function through(Router router, address to, uint256 value, bytes memory data) private pure returns (bytes memory) {
        return executeData(address(router), value, abi.encodeCall(Router.forward, (to, data)));
    }

    function approve(DevToken token, Router router, uint256 amount) private pure returns (bytes memory) {
        return executeData(address(token), 0, abi.encodeCall(IERC20.approve, (address(router), amount)));
    }

    function pull(uint256 amount) private view returns (bytes memory) {
        return abi.encodeCall(IERC20.transferFrom, (address(account), stranger, amount));
    }

    function expectNobody(Router router) private view {
        bytes memory reason = abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, address(router));
        assertFalse(router.ok(), "refused");
        assertEq(router.answer(), reason, "the router has no authority");
    }
}

contract Case10NestedRoutersOnProxyTest is NestedRoutersAttack, ProxyHome {}

contract Case10NestedRoutersOnDelegatedTest is NestedRoutersAttack, DelegatedHome {}
