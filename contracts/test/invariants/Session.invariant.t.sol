// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Test} from "../support/Test.sol";
import {Promise} from "./Promise.sol";
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

/// @dev What holds after any sequence of grants, bundles, revocations, owner changes and waiting.
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

    /// @dev One sender, since forge takes the gas from it and might pick the account.
    function targetSenders() public pure returns (address[] memory senders) {
        senders = new address[](1);
        senders[0] = address(0xca11e2);
    }

    /// @dev The actions alone: the handler inherits other functions.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[8] memory actions = [
            handler.grant.selector,
            handler.grantOne.selector,
            handler.bundle.selector,
            handler.burst.selector,
            handler.revoke.selector,
            handler.endEpoch.selector,
            handler.intrude.selector,
            handler.pass.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](actions.length);
        for (uint256 i = 0; i < actions.length; ++i) {
            targets[0].selectors[i] = actions[i];
        }
    }

    /// All promises by one campaign, since a sequence that may break one may break any.
    function invariant_promises_areKept() public view {
        string[8] memory names = ["spending", "counting", "fees", "closing", "signing", "granting", "control", "books"];
        string memory all;
        for (uint256 i = 0; i < names.length; ++i) {
            string memory broken = handler.broken(Promise(i));
            if (bytes(broken).length != 0) all = string.concat(all, names[i], ": ", broken, "; ");
        }
        assertTrue(bytes(all).length == 0, all);
    }

    /// The sequences are worth something only if every kind of rule lets operations pass and refuses some.
    function test_handler_reachesEveryRule() public {
        uint8[14] memory kinds = handler.kinds();
        for (uint256 i = 0; i < kinds.length - 1; ++i) {
            for (uint256 round = 0; round < 80 && handler.acted(kinds[i]) < 2; ++round) {
                if (round % 4 == 0) handler.grantOne(i);
                handler.burst(round);
                handler.bundle(round);
            }
            assertTrue(handler.acted(kinds[i]) > 1, string.concat("calls under rules of kind ", vm.toString(kinds[i])));
        }
        assertTrue(handler.dropped() > 50 && handler.failed() > 1, "some are refused, some fail in execution");
        invariant_promises_areKept();
    }
}

contract SessionInvariantOnProxyTest is SessionInvariant {
    function createHandler() internal override returns (SessionHandler) {
        return new ProxySessionHandler();
    }

    /// A delegated account's owner is its EOA; a proxy's may be a key of any kind.
    function test_handler_reachesEveryKindOfOwner() public {
        for (uint256 round = 0; round < 80; ++round) {
            for (uint256 i = 0; i < 8; ++i) {
                handler.endEpoch(round);
            }
            handler.grant(round);
            handler.bundle(round);
            handler.burst(round);
        }
        for (uint256 kind = 0; kind < 4; ++kind) {
            string memory name = vm.toString(kind);
            assertTrue(handler.ownersOperations(kind) != 0, string.concat("operations of an owner of kind ", name));
            assertTrue(handler.grantsUsed(kind) != 0, string.concat("grants of an owner of kind ", name));
        }
        invariant_promises_areKept();
    }
}

contract SessionInvariantOnDelegatedTest is SessionInvariant {
    function createHandler() internal override returns (SessionHandler) {
        return new DelegatedSessionHandler();
    }
}
