// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleFixture} from "../support/RuleFixture.sol";

/// @dev Case 4: the owner's grant, which rides in a field that no hash covers, is used again, elsewhere, or for something
/// else.
abstract contract GrantReplayAttack is RuleFixture {
    function test_case04_honestGrant_acts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());

        submit(grantedOperation(FIRST_USE, permission, grant));
        submit(sessionOperation(permission, pingData()));

        assertEq(target.pings(), 2, "granted once, used twice");
        assertEq(usesOf(permission), 2, "both are counted");
    }

    function test_case04_honestStatelessGrant_acts() public {
        (bytes memory permission, bytes memory grant) = granted(uncountedGrant());

        assertEq(validate(grantedOperation(STATELESS, permission, grant)), 0, "accepted up to its paymaster");
    }

    function test_case04_signedAsMessage_acts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = sign(ownerKey, eip191(grantDigest(permission)));

        submit(grantedOperation(FIRST_USE | GRANT_EIP191, permission, grant));

        assertEq(target.pings(), 1, "in the form that the mode names");
    }

    function test_case04_signedInTheOtherForm_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());

        expectBadSignature();
        submit(grantedOperation(FIRST_USE | GRANT_EIP191, permission, grant));
    }

    function test_case04_usedAgain_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        submit(grantedOperation(FIRST_USE, permission, grant));

        bytes32 id = account.sessionId(permission);
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, id));
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    function test_case04_afterRevoke_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        submit(grantedOperation(FIRST_USE, permission, grant));
        refuseAfterRevoke(FIRST_USE, permission, grant);
    }

    function test_case04_revokedBeforeFirstUse_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        refuseAfterRevoke(FIRST_USE, permission, grant);
    }

    function test_case04_statelessAfterRevoke_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(uncountedGrant());
        refuseAfterRevoke(STATELESS, permission, grant);
    }

    function test_case04_afterRevokeAll_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    function test_case04_onAnotherChain_reverts(uint64 chain) public {
        vm.assume(chain != 0 && chain != block.chainid);
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        vm.chainId(chain);

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    function test_case04_onAnotherAccountOfTheOwner_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        account = LatchkeyAccount(payable(factory.createAccountWithNonce(owner, bytes32(uint256(7)), false)));
        ENTRY_POINT.depositTo{value: 1 ether}(address(account));

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    function test_case04_throughAnotherEntryPoint_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        PackedUserOperation memory op = grantedOperation(FIRST_USE, permission, grant);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.validateUserOp(op, keccak256("any"), 0);
    }

    /// The bundler puts wider terms under the signatures of owner and key.
    function test_case04_bundlerSwapsThePermission_reverts() public {
        (, bytes memory grant) = granted(defaultGrant());
        Grant memory wider = defaultGrant();
        wider.limit = 0;

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, PermissionBuilder.pack(wider), grant));
    }

    function test_case04_bundlerLeavesTheGrantOut_reverts() public {
        (bytes memory permission,) = granted(defaultGrant());
        bytes32 id = account.sessionId(permission);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 0));
        submit(sessionOperation(permission, pingData()));
    }

    /// As a stateless session it would have no counters.
    function test_case04_bundlerMakesItStateless_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.PermissionMalformed.selector));
        submit(grantedOperation(STATELESS, permission, grant));
    }

    function test_case04_sessionGrantsItself_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, sign(sessionKey, grantDigest(permission))));
    }

    /// The grant is no signature of the key, whoever sends it.
    function test_case04_grantWithoutTheKey_reverts() public {
        (bytes memory permission, bytes memory grant) = granted(defaultGrant());
        sessionKey = keyOf("thief");

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    /// Both fail, so the failures must not cancel out.
    function test_case04_neitherSigned_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        sessionKey = keyOf("thief");

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, sign(sessionKey, grantDigest(permission))));
    }

    /// One that counts nothing: no limits, and fees are the paymaster's.
    function uncountedGrant() private view returns (Grant memory g) {
        g = defaultGrant();
        (g.limit, g.feeLimit) = (0, 0);
        g.paymasters = PermissionBuilder.list(stranger);
    }

    function granted(Grant memory g) private view returns (bytes memory permission, bytes memory grant) {
        permission = PermissionBuilder.pack(g);
        grant = sign(ownerKey, grantDigest(permission));
    }

    function refuseAfterRevoke(uint8 wayIn, bytes memory permission, bytes memory grant) private {
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 2));
        submit(grantedOperation(wayIn, permission, grant));
    }

    /// What the account says of the operation when the granted paymaster pays; the low 160 bits are its verdict.
    function validate(PackedUserOperation memory op) private returns (uint256) {
        bytes memory paymaster = abi.encodePacked(stranger, uint128(1), uint128(1));
        bytes memory parts = op.signature;
        op.paymasterAndData = paymaster;
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        bytes memory key = sign(sessionKey, hash);
        for (uint256 i = 0; i < 65; ++i) {
            parts[parts.length - 65 + i] = key[i];
        }
        vm.prank(address(ENTRY_POINT));
        return uint160(account.validateUserOp(op, hash, 0));
    }
}

contract Case04GrantReplayOnProxyTest is GrantReplayAttack, ProxyHome {}

contract Case04GrantReplayOnDelegatedTest is GrantReplayAttack, DelegatedHome {}
