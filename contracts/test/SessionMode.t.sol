// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {RuleFixture} from "./support/RuleFixture.sol";

/// @dev Modes and layouts of a session's signature that mean nothing.
abstract contract SessionModeBehavior is RuleFixture {
    function test_mode_reservedBits_areMalformed() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = sign(ownerKey, grantDigest(permission));
        refuse(grantedOperation(FIRST_USE | STATELESS, permission, grant));
        refuse(grantedOperation(FIRST_USE | 0x40, permission, grant));
        refuse(grantedOperation(FIRST_USE | 0x80, permission, grant));
        submit(grantedOperation(FIRST_USE, permission, grant));
    }

    function test_mode_grantFormWithoutGrant_isMalformed() public {
        bytes memory permission = register(defaultGrant());
        refuse(grantedOperation(GRANT_EIP191, permission, ""));
        submit(grantedOperation(0, permission, ""));
    }

    function test_webauthn_otherLayouts_areMalformed() public {
        Grant memory g = defaultGrant();
        g.signerType = 3;
        bytes memory permission = register(g);
        uint256[4] memory lengths = [uint256(65), 128, 64 + 6 * 32 + 63, 64 + 6 * 32 + 64];
        for (uint256 i = 0; i < lengths.length; ++i) {
            PackedUserOperation memory op = operation(pingData());
            op.signature = abi.encodePacked(SESSION_RAW, permission, new bytes(lengths[i]));
            refuse(op);
        }
    }

    /// Value rules lift a ban; they grant no call.
    function test_rules_thatGrantNothing_areMalformed() public {
        Grant memory g = tokenGrant(valueTotal(1));
        bytes memory permission = PermissionBuilder.pack(g);
        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }

    function refuse(PackedUserOperation memory op) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(op);
    }
}

contract SessionModeOnProxyTest is SessionModeBehavior, ProxyHome {}

contract SessionModeOnDelegatedTest is SessionModeBehavior, DelegatedHome {}
