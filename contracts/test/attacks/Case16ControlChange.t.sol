// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Target} from "../support/Target.sol";

/// @dev Case 16: sessions outlive the control under which they were granted.
contract Case16ControlChangeOnProxyTest is ProxyHome {
    function test_case16_changeOwner_killsSessions() public {
        bytes memory permission = register(defaultGrant());
        asEntryPoint(abi.encodeCall(account.changeOwner, (stranger)));

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, account.sessionId(permission), 0)
        );
        submit(sessionOperation(permission, pingData()));
    }

    /// Handing the account back does not bring the first owner's sessions back.
    function test_case16_ownerReturns_sessionsStayDead() public {
        bytes memory permission = register(defaultGrant());
        asEntryPoint(abi.encodeCall(account.changeOwner, (stranger)));
        asEntryPoint(abi.encodeCall(account.changeOwner, (owner)));

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, account.sessionId(permission), 0)
        );
        submit(sessionOperation(permission, pingData()));
    }
}

contract Case16ControlChangeOnDelegatedTest is DelegatedHome {
    function test_case16_whileDelegatedElsewhere_sessionsDoNotAct() public {
        bytes memory permission = register(defaultGrant());
        delegate(ownerKey, address(new Target()));

        vm.expectRevert();
        this.submitSession(permission);
    }

    /// What the chain cannot prevent, and the documentation must say: another delegate leaves our storage alone, so
    /// coming back without revoking all brings every unexpired session back to life.
    function test_case16_comingBackWithoutRevokeAll_revivesSessions() public {
        bytes memory permission = register(defaultGrant());
        delegate(ownerKey, address(new Target()));
        delegate(ownerKey, address(implementation));

        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 1, "revived");
    }

    function test_case16_comingBackWithRevokeAll_sessionsStayDead() public {
        bytes memory permission = register(defaultGrant());
        delegate(ownerKey, address(new Target()));
        delegate(ownerKey, address(implementation));
        submit(ownerOperation(abi.encodeCall(account.revokeAllSessions, ())));

        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, account.sessionId(permission), 0)
        );
        submit(sessionOperation(permission, pingData()));
    }

    function submitSession(bytes memory permission) external {
        submit(sessionOperation(permission, pingData()));
    }
}
