// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {GrantFixture} from "./support/GrantFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {PaymasterFixture} from "./support/PaymasterFixture.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {RuleBuilder} from "./support/RuleBuilder.sol";

/// @dev Sessions that the owner grants inside their own operations: once for all, or each time.
abstract contract WaysInBehavior is GrantFixture, PaymasterFixture {
    function setUp() public virtual override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }

    // --- first use

    function test_firstUse_actsAndStays() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.SessionRegistered(account.sessionId(permission), session, permission);
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));

        assertEq(statusOf(permission), STATUS_ACTIVE, "active from now on");
        assertEq(usesOf(permission), 1, "the first use counts");
        assertEq(feesOf(permission), WORST_CASE, "and is charged");

        use(permission, pingData());
        assertEq(target.pings(), 2, "registered, as far as anyone can tell");
    }

    function test_firstUse_withMoment_acts() public {
        Grant memory g = grantWith(RuleBuilder.list(RuleBuilder.rate(1, 60)));
        bytes memory permission = PermissionBuilder.pack(g);
        PackedUserOperation memory op = operation(pingData());
        bytes memory signature = sign(sessionKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(
            FIRST_USE | MODE_MOMENT, uint48(block.timestamp), permission, ownerGrant(permission), signature
        );
        submit(op);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 1, 60));
        useNow(permission, pingData());
    }

    function test_firstUse_grantAsPersonalMessage_acts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = sign(ownerKey, eip191(grantDigest(account, permission)));

        submit(grantedOperation(FIRST_USE | GRANT_EIP191, permission, grant, pingData()));

        assertEq(target.pings(), 1, "either form of the owner's signature");
    }

    function test_firstUse_twice_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, account.sessionId(permission)));
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));
    }

    function test_firstUse_malformed_reverts() public {
        Grant memory g = defaultGrant();
        g.validUntil = 0;
        bytes memory permission = PermissionBuilder.pack(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.PermissionMalformed.selector));
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));
    }

    function test_firstUse_pastALimit_reverts() public {
        Grant memory g = grantWith(RuleBuilder.list(RuleBuilder.valueTotal(1)));
        bytes memory permission = PermissionBuilder.pack(g);

        expectValueExceeded(0, 1, 0, 2);
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pay(2)));
    }

    function test_firstUse_grantedByAnother_fails(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = sign(key, grantDigest(account, permission));

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant, pingData()));
        assertEq(statusOf(permission), 0, "nothing remains");
    }

    function test_firstUse_otherSessionKey_fails() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        sessionKey = keyOf("other");

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));
    }

    // --- stateless

    function test_stateless_actsAndLeavesNothing() public {
        bytes memory permission = sponsoredStateless();

        submitStateless(permission);
        submitStateless(permission);

        assertEq(target.pings(), 2, "any number of times");
        assertEq(wordOf(permission), 0, "nothing is stored");
    }

    function test_stateless_closed_reverts() public {
        bytes memory permission = sponsoredStateless();
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 2));
        submitStateless(permission);
    }

    function test_stateless_registered_reverts() public {
        bytes memory permission = sponsoredStateless();
        asEntryPoint(abi.encodeCall(account.registerSession, (permission)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, account.sessionId(permission)));
        submitStateless(permission);
    }

    /// Whatever must be remembered cannot be granted without storage.
    function test_stateless_anyCounter_reverts(uint8 choice) public {
        Grant memory g = statelessGrant();
        choice = uint8(bound(choice, 0, 6));
        if (choice == 0) g.limit = 1;
        if (choice == 1) g.feeLimit = 1;
        if (choice == 2) g.rules = RuleBuilder.list(RuleBuilder.valueTotal(1));
        if (choice == 3) g.rules = RuleBuilder.list(RuleBuilder.erc20Total(stranger, 1));
        if (choice == 4) g.rules = RuleBuilder.list(RuleBuilder.erc1155(stranger, 1, 1));
        if (choice == 5) g.rules = RuleBuilder.list(RuleBuilder.argumentTotal(0, 0, 1));
        if (choice == 6) g.rules = RuleBuilder.list(RuleBuilder.valuePerCall(1), RuleBuilder.count(0, 1));
        bytes memory permission = PermissionBuilder.pack(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.PermissionMalformed.selector));
        submit(grantedOperation(STATELESS, permission, ownerGrant(permission), pingData()));
    }

    function test_stateless_rulesWithoutCounters_hold() public {
        Grant memory g = statelessGrant();
        g.paymasters = PermissionBuilder.list(address(paymaster));
        g.rules = RuleBuilder.list(RuleBuilder.valuePerCall(1 ether));
        bytes memory permission = PermissionBuilder.pack(g);

        submit(signGranted(sponsor(operation(pay(1 ether))), STATELESS, permission, ownerGrant(permission)));
        expectValueExceeded(0, 1 ether, 0, 1 ether + 1);
        submit(signGranted(sponsor(operation(pay(1 ether + 1))), STATELESS, permission, ownerGrant(permission)));
    }

    // --- both

    function test_waysIn_afterRevokeAll_fail() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = ownerGrant(permission);
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant, pingData()));
    }

    function test_waysIn_missingGrant_isMalformed() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        expectMalformed();
        submit(grantedOperation(FIRST_USE, permission, "", pingData()));
    }

    function test_waysIn_grantOnARegisteredSession_isMalformed() public {
        bytes memory permission = register(defaultGrant());

        expectMalformed();
        submit(grantedOperation(MODE_SESSION, permission, ownerGrant(permission), pingData()));
        expectMalformed();
        submit(grantedOperation(MODE_SESSION | GRANT_EIP191, permission, "", pingData()));
    }

    function test_waysIn_both_isMalformed() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        expectMalformed();
        submit(grantedOperation(FIRST_USE | STATELESS, permission, ownerGrant(permission), pingData()));
    }

    function sponsoredStateless() private view returns (bytes memory) {
        Grant memory g = statelessGrant();
        g.paymasters = PermissionBuilder.list(address(paymaster));
        return PermissionBuilder.pack(g);
    }

    function submitStateless(bytes memory permission) private {
        submit(signGranted(sponsor(operation(pingData())), STATELESS, permission, ownerGrant(permission)));
    }

    function expectMalformed() private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
    }
}

contract WaysInOnProxyTest is WaysInBehavior, ProxyHome {
    function setUp() public override(AccountFixture, WaysInBehavior) {
        WaysInBehavior.setUp();
    }
}

contract WaysInOnDelegatedTest is WaysInBehavior, DelegatedHome {
    function setUp() public override(AccountFixture, WaysInBehavior) {
        WaysInBehavior.setUp();
    }
}
