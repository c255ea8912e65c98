// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {GrantFixture} from "./GrantFixture.sol";
import {ProxyHome} from "./Homes.sol";
import {P256Fixture} from "./P256Fixture.sol";
import {Target} from "./Target.sol";

/// @title Accounts whose owner is a key on P-256
/// @notice Each kind of key has an account of its own, and all of them are the same key.
abstract contract KeyOwnerFixture is P256Fixture, GrantFixture, ProxyHome {
    uint256 internal constant OWNER_KEY = 0xB0B;
    uint8 internal constant SECP256K1 = 0;

    /// @dev Makes `account` the one that the key owns by this kind.
    function ownBy(uint8 kind) internal {
        account = accountOf(kind, OWNER_KEY, 0);
        vm.deal(address(account), 10 ether);
        ENTRY_POINT.depositTo{value: 10 ether}(address(account));
    }

    function accountOf(uint8 kind, uint256 key, bytes32 nonce) internal returns (LatchkeyAccount) {
        (bytes32 x, bytes32 y) = pointOf(key);
        return LatchkeyAccount(payable(factory.createAccountWithKey(kind, x, y, nonce)));
    }

    /// @dev Read from where docs/permission-format.md says it is.
    function ownerKindOf(LatchkeyAccount of_) internal view returns (uint256) {
        bytes32 slot = 0xcaf2a002cc16fc3c70fff6edb6262e5041ac8e964ca0b3f4db33821128ef9f00;
        return uint256(vm.load(address(of_), slot)) >> 224;
    }

    function pointOf(uint256 key) internal pure returns (bytes32 x, bytes32 y) {
        return abi.decode(publicKeyOf(key), (bytes32, bytes32));
    }

    function changeToKey(uint8 kind, uint256 key) internal pure returns (bytes memory) {
        (bytes32 x, bytes32 y) = pointOf(key);
        return abi.encodeCall(ILatchkeyAccount.replaceOwnerWithKey, (kind, x, y));
    }

    /// @dev An operation with enough gas to verify twice without the precompile.
    function ping() internal view returns (PackedUserOperation memory) {
        return costly(pingData());
    }

    function costly(bytes memory callData) internal view returns (PackedUserOperation memory op) {
        op = operation(callData);
        op.accountGasLimits = bytes32(uint256(3_000_000) << 128 | CALL_GAS);
    }

    function ownedBy(uint8 kind, PackedUserOperation memory op) internal view returns (PackedUserOperation memory) {
        op.signature = abi.encodePacked(OWNER_RAW, signP256(kind, OWNER_KEY, ENTRY_POINT.getUserOpHash(op)));
        return op;
    }

    /// @dev The owner's grant, as the kind signs it.
    function keyGrant(uint8 kind, bytes memory permission) internal view returns (bytes memory) {
        return signP256(kind, OWNER_KEY, grantDigest(account, permission));
    }

    /// @dev The default session's operation, with the parts of its signature as given.
    function granted(uint8 mode, bytes memory permission, bytes memory grant)
        internal
        view
        returns (PackedUserOperation memory)
    {
        return signGranted(ping(), mode, permission, grant);
    }

    function expectMalformed() internal {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
    }

    function pinged(uint256 times) internal view {
        assertEq(target.pings(), times, "calls made");
        if (times != 0) assertEq(target.lastCaller(), address(account), "by the account");
    }
}
