// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";

/// @dev Case 19: registering somebody else's session key, or closing its session, in an account of one's own blocks it.
abstract contract SignerSquattingAttack is AccountFixture {
    function test_case19_keyTakenElsewhere_worksHere() public {
        LatchkeyAccount mine = account;
        bytes memory permission = register(defaultGrant());

        account = createAccount(keyOf("squatter"));
        register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));
        asEntryPoint(abi.encodeCall(account.revokeSession, (mine.sessionId(permission))));

        account = mine;
        submit(sessionOperation(permission, pingData()));
        assertEq(target.pings(), 1, "nothing is shared between accounts");
    }
}

contract Case19SignerSquattingOnProxyTest is SignerSquattingAttack, ProxyHome {}

contract Case19SignerSquattingOnDelegatedTest is SignerSquattingAttack, DelegatedHome {}
