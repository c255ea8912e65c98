// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {Grant} from "./PermissionBuilder.sol";
import {SessionRuleFixture} from "./SessionRuleFixture.sol";

/// @title Sessions that are not registered
abstract contract GrantFixture is SessionRuleFixture {
    uint8 internal constant FIRST_USE = MODE_SESSION | 1 << 2;
    uint8 internal constant STATELESS = MODE_SESSION | 2 << 2;
    uint8 internal constant GRANT_EIP191 = 1 << 5;

    /// @dev {defaultGrant} without anything to remember; a paymaster would have to pay.
    function statelessGrant() internal view returns (Grant memory g) {
        g = defaultGrant();
        g.limit = 0;
        g.feeLimit = 0;
    }

    /// @dev The EIP-712 digest of a grant, computed from scratch.
    function grantDigest(LatchkeyAccount of_, bytes memory permission) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Latchkey"),
                keccak256("1"),
                block.chainid,
                of_
            )
        );
        bytes32 typehash = keccak256("Session(uint256 chainId,address account,uint64 epoch,bytes permission)");
        bytes32 structHash =
            keccak256(abi.encode(typehash, block.chainid, of_, of_.epoch(), keccak256(permission)));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function ownerGrant(bytes memory permission) internal view returns (bytes memory) {
        return sign(ownerKey, grantDigest(account, permission));
    }

    /// @dev An operation of a session that the owner grants along with it.
    function grantedOperation(uint8 mode, bytes memory permission, bytes memory grant, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        return signGranted(operation(callData), mode, permission, grant);
    }

    function signGranted(PackedUserOperation memory op, uint8 mode, bytes memory permission, bytes memory grant)
        internal
        view
        returns (PackedUserOperation memory)
    {
        bytes memory signature = sign(sessionKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(mode, permission, grant, signature);
        return op;
    }
}
