// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";

/// @dev Case 22: the session sees a revocation coming. It may spend what is left of its allowance before, but it cannot
/// stop the revocation, and nothing validated after it acts.
abstract contract RevokeRaceAttack is AccountFixture {
    function test_case22_spendingFirst_doesNotStopTheRevocation() public {
        bytes memory permission = register(sudoGrant());
        submit(sessionOperation(permission, pingData()));

        revoke(permission);

        assertEq(statusOf(permission), STATUS_CLOSED, "closed all the same");
    }

    /// The session uses up the owner's nonce lane and the account's balance; the owner's transaction needs neither.
    function test_case22_takingLaneAndBalance_doesNotStopTheRevocation() public {
        bytes memory permission = register(sudoGrant());
        PackedUserOperation memory prepared =
            ownerOperation(abi.encodeCall(account.revokeSession, (account.sessionId(permission))));
        uint256 left = address(account).balance;
        submit(sessionOperation(permission, executeData(stranger, left, "")));

        expectFailedOp("AA25 invalid account nonce");
        submit(prepared);
        revoke(permission);

        assertEq(statusOf(permission), STATUS_CLOSED, "the owner's own transaction closes it");
    }

    function test_case22_afterTheRevocation_nothingActs() public {
        bytes memory permission = register(sudoGrant());
        PackedUserOperation memory ready = sessionOperation(permission, pingData());
        bytes32 id = account.sessionId(permission);
        revoke(permission);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 2));
        submit(ready);
    }

    /// One bundle validates all operations before it runs any, so a use that is validated beside the revocation acts
    /// once. The server never puts both into one bundle.
    function test_case22_sameBundle_actsOnceAndIsClosed() public {
        bytes memory permission = register(sudoGrant());
        bytes32 id = account.sessionId(permission);
        PackedUserOperation[] memory ops = new PackedUserOperation[](2);
        ops[0] = ownerOperation(abi.encodeCall(account.revokeSession, (id)));
        ops[1] = operation(pingData());
        ops[1].nonce = uint256(1) << 64;
        ops[1] = signAsSession(ops[1], permission);

        submit(ops);

        assertEq(target.pings(), 1, "validated before the revocation ran");
        assertEq(statusOf(permission), STATUS_CLOSED, "and never again");
    }

    function revoke(bytes memory permission) private {
        bytes32 id = account.sessionId(permission);
        vm.prank(owner);
        account.revokeSession(id);
    }
}

contract Case22RevokeRaceOnProxyTest is RevokeRaceAttack, ProxyHome {}

contract Case22RevokeRaceOnDelegatedTest is RevokeRaceAttack, DelegatedHome {}
