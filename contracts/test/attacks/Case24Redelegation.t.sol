// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {GrantFixture} from "../support/GrantFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {PaymasterFixture} from "../support/PaymasterFixture.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 24: a session passes on what it may do, on looser terms. Only the owner grants: no session, not even one
/// that may call everything, opens another one by any way in.
abstract contract RedelegationAttack is GrantFixture, PaymasterFixture {
    uint256 private friendKey;

    function setUp() public virtual override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
        friendKey = keyOf("friend");
    }

    function test_case24_registerAsTheOperation_reverts() public {
        refuseRegistration(register(defaultGrant()), 0, "");
    }

    function test_case24_registerUnderSudo_reverts() public {
        refuseRegistration(register(sudoGrant()), 0, "");
    }

    function test_case24_registerOnFirstUse_reverts() public {
        bytes memory permission = PermissionBuilder.pack(sudoGrant());
        refuseRegistration(permission, FIRST_USE, ownerGrant(permission));
    }

    function test_case24_registerStateless_reverts() public {
        Grant memory g = statelessGrant();
        g.sudo = true;
        g.functions = new bytes24[](0);
        bytes memory permission = PermissionBuilder.pack(g);
        refuseRegistration(permission, STATELESS, ownerGrant(permission));
    }

    function test_case24_registerAsACall_reverts() public {
        bytes memory permission = register(sudoGrant());
        bytes memory registration = abi.encodeCall(account.registerSession, (wider()));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TargetForbidden.selector, account));
        submit(sessionOperation(permission, executeData(address(account), 0, registration)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TargetForbidden.selector, account));
        submit(sessionOperation(permission, batch(call(address(account), 0, registration))));
    }

    function test_case24_registerByTheKeyItself_reverts() public {
        register(sudoGrant());

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, session));
        vm.prank(session);
        account.registerSession(wider());
    }

    /// The session key signs the grant that only an owner's signature makes one.
    function test_case24_grantBySession_reverts() public {
        register(sudoGrant());
        refuseGrant(FIRST_USE, wider(), sign(sessionKey, grantDigest(account, wider())));
        refuseGrant(FIRST_USE | GRANT_EIP191, wider(), sign(sessionKey, eip191(grantDigest(account, wider()))));

        Grant memory g = friendly(statelessGrant());
        g.paymasters = PermissionBuilder.list(address(paymaster));
        bytes memory counterless = PermissionBuilder.pack(g);
        refuseGrant(STATELESS, counterless, sign(sessionKey, grantDigest(account, counterless)));
    }

    /// The owner's grant of the session does not serve the wider one.
    function test_case24_grantPassedOn_reverts() public {
        refuseGrant(FIRST_USE, wider(), ownerGrant(PermissionBuilder.pack(sudoGrant())));
    }

    // --- what is passed on

    function wider() private view returns (bytes memory) {
        Grant memory g = sudoGrant();
        g.limit = 0;
        g.feeLimit = type(uint96).max;
        g.validUntil = type(uint48).max;
        return PermissionBuilder.pack(friendly(g));
    }

    function friendly(Grant memory g) private view returns (Grant memory) {
        g.signer = vm.addr(friendKey);
        return g;
    }

    function refuseRegistration(bytes memory permission, uint8 wayIn, bytes memory grant) private {
        bytes memory registration = abi.encodeCall(account.registerSession, (wider()));
        PackedUserOperation memory op = wayIn == 0
            ? sessionOperation(permission, registration)
            : grantedOperation(wayIn, permission, grant, registration);

        expectRefusal(
            abi.encodeWithSelector(
                ILatchkeyAccount.FunctionForbidden.selector, ILatchkeyAccount.registerSession.selector
            )
        );
        submit(op);
        assertEq(statusOf(wider()), 0, "nothing was registered");
    }

    /// @dev The friend uses what the session granted.
    function refuseGrant(uint8 wayIn, bytes memory permission, bytes memory grant) private {
        PackedUserOperation memory op = operation(pingData());
        if (wayIn == STATELESS) op = sponsor(op);
        op.signature = abi.encodePacked(wayIn, permission, grant, sign(friendKey, ENTRY_POINT.getUserOpHash(op)));

        expectBadSignature();
        submit(op);
        assertEq(statusOf(permission), 0, "nothing was granted");
    }
}

contract Case24RedelegationOnProxyTest is RedelegationAttack, ProxyHome {
    function setUp() public override(AccountFixture, RedelegationAttack) {
        RedelegationAttack.setUp();
    }
}

contract Case24RedelegationOnDelegatedTest is RedelegationAttack, DelegatedHome {
    function setUp() public override(AccountFixture, RedelegationAttack) {
        RedelegationAttack.setUp();
    }
}
