// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Test} from "../support/Test.sol";
import {SessionHandler} from "./SessionHandler.sol";

contract ProxySessionHandler is SessionHandler, ProxyHome {
    function setUp() public override(AccountFixture, SessionHandler) {
        SessionHandler.setUp();
    }
}

contract DelegatedSessionHandler is SessionHandler, DelegatedHome {
    function setUp() public override(AccountFixture, SessionHandler) {
        SessionHandler.setUp();
    }
}

/// @dev What holds after any sequence of grants, uses, revocations, owner changes and waiting.
abstract contract SessionInvariant is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    SessionHandler internal handler;

    function createHandler() internal virtual returns (SessionHandler);

    function setUp() public {
        handler = createHandler();
        vm.deal(address(handler), 10_000 ether);
        handler.setUp();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev The actions alone: the handler inherits other functions that no sequence should call.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[9] memory actions = [
            handler.grant.selector,
            handler.use.selector,
            handler.steal.selector,
            handler.reach.selector,
            handler.abuse.selector,
            handler.revoke.selector,
            handler.revokeAll.selector,
            handler.changeOwner.selector,
            handler.pass.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](actions.length);
        for (uint256 i = 0; i < actions.length; ++i) {
            targets[0].selectors[i] = actions[i];
        }
    }

    /// Uses never pass the limit, nor fees the budget, nor the account's loss what was charged.
    function invariant_countersHold() public view {
        handler.check();
    }

    /// An operation acts exactly when the model says that it may: never after a close or out of time, and always
    /// within its permission. No session changes the owner, the code, the epoch or another session.
    function invariant_modelHolds() public view {
        assertEq(bytes(handler.violation()), "", "the model was violated");
    }

    /// The sequences are worth something only if actions of both outcomes occur in them.
    function test_handler_seesBothOutcomes() public {
        handler.use(0, 1, 0);
        handler.grant(0);
        handler.grant(3);
        handler.use(0, 3, 0);
        handler.use(0, 3, 0);
        handler.reach(3, 3, 1 ether, "");
        handler.pass(3 hours);
        handler.reach(3, 3, 1 ether, "");
        handler.steal(0);
        handler.revoke(0, 0);
        handler.use(0, 1, 0);

        assertTrue(handler.acted() == 4 && handler.refused() == 7, "three of six, then the transfer once it is due");
        handler.check();
        assertEq(bytes(handler.violation()), "", "and the model holds");
    }
}

contract SessionInvariantOnProxyTest is SessionInvariant {
    function createHandler() internal override returns (SessionHandler) {
        return new ProxySessionHandler();
    }
}

contract SessionInvariantOnDelegatedTest is SessionInvariant {
    function createHandler() internal override returns (SessionHandler) {
        return new DelegatedSessionHandler();
    }
}
