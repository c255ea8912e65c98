// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {Test} from "./Test.sol";

interface IEntryPointV08 is IEntryPoint {
    function getUserOpHash(PackedUserOperation calldata op) external view returns (bytes32);
}

/// @title The real EntryPoint
/// @notice Deploys the published bytecode of v0.8 the way everybody does, so that it gets its canonical address.
abstract contract EntryPointFixture is Test {
    IEntryPointV08 internal constant ENTRY_POINT = IEntryPointV08(0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108);

    address private constant DEPLOYER = 0x4e59b44847b379578588920cA78FbF26c0B4956C;
    bytes private constant DEPLOYER_CODE =
        hex"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";
    bytes32 private constant SALT = 0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9;
    string private constant ARTIFACT = "node_modules/@account-abstraction/contracts/artifacts/EntryPoint.json";

    function deployEntryPoint() internal {
        vm.etch(DEPLOYER, DEPLOYER_CODE);
        bytes memory creationCode = vm.parseJsonBytes(vm.readFile(ARTIFACT), ".bytecode");
        (bool ok,) = DEPLOYER.call(abi.encodePacked(SALT, creationCode));
        assertTrue(ok && address(ENTRY_POINT).code.length > 0, "the EntryPoint is at its canonical address");
        vm.label(address(ENTRY_POINT), "EntryPoint");
    }
}
