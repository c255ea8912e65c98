// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Target} from "../support/Target.sol";

/// @dev Cases 21 and 26: something wrapped around an owner's signature makes the account call, or skip its check.
abstract contract ForeignPrefixesAttack is AccountFixture {
    bytes32 private constant ERC6492_SUFFIX = 0x6492649264926492649264926492649264926492649264926492649264926492;

    /// The account never unwraps ERC-6492, so the call in the wrapper is never made.
    function test_case21_wrapper_isNotUnwrapped(bytes32 hash) public {
        bytes memory inner = sign(ownerKey, openfortDigest(hash));
        bytes memory call = abi.encodeCall(Target.ping, ());
        bytes memory wrapped = bytes.concat(abi.encode(address(target), call, inner), ERC6492_SUFFIX);

        (bool ok, bytes memory answer) =
            address(account).call(abi.encodeCall(account.isValidSignature, (hash, wrapped)));

        assertTrue(ok, "no revert");
        assertEq(answer, abi.encode(bytes4(0xffffffff)), "refused");
        assertEq(target.pings(), 0, "nothing was called");
    }

    /// There are no validators to choose: any prefix makes the signature a wrong one.
    function test_case26_anyPrefix_refused(bytes32 hash, bytes memory prefix) public view {
        vm.assume(prefix.length != 0);
        bytes memory signature = bytes.concat(prefix, sign(ownerKey, openfortDigest(hash)));

        bytes4 answer = account.isValidSignature(hash, signature);

        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), "refused");
    }

    function openfortDigest(bytes32 hash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Openfort"),
                keccak256("0.5"),
                block.chainid,
                address(account)
            )
        );
        bytes32 structHash = keccak256(abi.encode(keccak256("OpenfortMessage(bytes32 hashedMessage)"), hash));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}

contract ForeignPrefixesOnProxyTest is ForeignPrefixesAttack, ProxyHome {}

contract ForeignPrefixesOnDelegatedTest is ForeignPrefixesAttack, DelegatedHome {}
