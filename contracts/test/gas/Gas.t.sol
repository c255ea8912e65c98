// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {DevNFT} from "../../src/dev/DevNFT.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {PaymasterFixture} from "../support/PaymasterFixture.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Snapshots of what each kind of bundle costs. They are here to show a change at review; the public figures come
/// from bench/gas, on a node. Every call is a transaction of its own.
abstract contract GasSnapshots is PaymasterFixture {
    DevNFT private nft;
    bytes private unused;
    bytes private used;

    function home() internal pure virtual returns (string memory);

    function setUp() public virtual override {
        super.setUp();
        nft = DevNFT(deploy("DevNFT"));
        nft.mint(address(account));
        vm.deal(bundler, 100 ether);
        vm.deal(beneficiary, 1 ether);
        unused = register(mintGrant(1));
        used = register(mintGrant(2));
        submit(sessionOperation(used, mintData()));
    }

    /// forge-config: default.isolate = true
    function test_gas_register() public {
        bytes memory permission = PermissionBuilder.pack(mintGrant(3));
        measure(ownerOperation(abi.encodeCall(account.registerSession, (permission))), "a register");
    }

    /// forge-config: default.isolate = true
    function test_gas_firstUse() public {
        measure(sessionOperation(unused, mintData()), "b first use");
    }

    /// forge-config: default.isolate = true
    function test_gas_secondUse() public {
        measure(sessionOperation(used, mintData()), "c second use");
    }

    /// forge-config: default.isolate = true
    function test_gas_sponsoredUse() public {
        measure(signAsSession(sponsor(operation(mintData())), used), "c under the paymaster");
    }

    /// forge-config: default.isolate = true
    function test_gas_revoke() public {
        measure(ownerOperation(abi.encodeCall(account.revokeSession, (account.sessionId(used)))), "e revoke");
    }

    /// forge-config: default.isolate = true
    function test_gas_revokeNeverRegistered() public {
        bytes memory callData = abi.encodeCall(account.revokeSession, (keccak256("never registered")));
        measure(ownerOperation(callData), "e revoke, never registered");
    }

    /// forge-config: default.isolate = true
    function test_gas_revokeAll() public {
        measure(ownerOperation(abi.encodeCall(account.revokeAllSessions, ())), "revoke all");
    }

    /// forge-config: default.isolate = true
    function test_gas_owner() public {
        measure(ownerOperation(mintData()), "f owner's mint");
    }

    function mintGrant(uint64 salt) private view returns (Grant memory g) {
        g = defaultGrant();
        g.salt = bytes8(salt);
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(nft), DevNFT.mint.selector));
        g.paymasters = PermissionBuilder.list(address(paymaster));
    }

    function mintData() private view returns (bytes memory) {
        return executeData(address(nft), 0, abi.encodeCall(DevNFT.mint, (address(account))));
    }

    function measure(PackedUserOperation memory op, string memory name) private {
        submit(op);
        vm.snapshotGasLastCall(home(), name);
    }
}

contract GasOnProxyTest is GasSnapshots, ProxyHome {
    function setUp() public override(AccountFixture, GasSnapshots) {
        GasSnapshots.setUp();
    }

    function home() internal pure override returns (string memory) {
        return "proxy";
    }

    /// forge-config: default.isolate = true
    function test_gas_deployment() public {
        factory.createAccountWithNonce(stranger, 0, false);
        vm.snapshotGasLastCall(home(), "deployment");
    }
}

contract GasOnDelegatedTest is GasSnapshots, DelegatedHome {
    function setUp() public override(AccountFixture, GasSnapshots) {
        GasSnapshots.setUp();
    }

    function home() internal pure override returns (string memory) {
        return "delegated";
    }
}
