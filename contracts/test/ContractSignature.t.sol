// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";

/// @dev What counts as a signature of the account.
abstract contract ContractSignatureBehavior is AccountFixture {
    bytes4 private constant REFUSED = 0xffffffff;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function test_isValidSignature_openfortMessage_accepts(bytes32 hash) public view {
        assertEq(check(hash, sign(ownerKey, openfortDigest(hash, address(account)))), valid(), "as the SDK signs");
    }

    /// One message has one signature: whoever remembers those that he has seen must not be shown it twice.
    function test_isValidSignature_bytesBehindIt_refuses(bytes32 hash) public view {
        bytes memory openfort = sign(ownerKey, openfortDigest(hash, address(account)));

        assertEq(check(hash, bytes.concat(openfort, hex"00")), REFUSED, "nothing may follow");
        assertEq(check(hash, bytes.concat(sign(ownerKey, hash), hex"00")), REFUSED, "in either form");
    }

    function test_isValidSignature_openfortMessageOfAnotherAccount_refuses(bytes32 hash) public {
        LatchkeyAccount other = createAccount(keyOf("other"));

        assertEq(check(hash, sign(ownerKey, openfortDigest(hash, address(other)))), REFUSED, "bound to one account");
    }

    function test_isValidSignature_openfortMessageOfAnotherChain_refuses(bytes32 hash) public {
        bytes memory signature = sign(ownerKey, openfortDigest(hash, address(account)));

        vm.chainId(80002);

        assertEq(check(hash, signature), REFUSED, "bound to one chain");
    }

    function test_isValidSignature_openfortMessageByAnother_refuses(bytes32 hash, uint256 key) public view {
        key = bound(key, 1, type(uint128).max);

        assertEq(check(hash, sign(key, openfortDigest(hash, address(account)))), REFUSED, "only the owner");
    }

    function test_isValidSignature_personalSign_accepts(bytes memory message) public view {
        bytes32 hash =
            keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n", vm.toString(message.length), message));
        bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), hash));

        assertEq(check(hash, sign(ownerKey, typedDigest(ownDomain(), structHash))), valid(), "ERC-7739 personal sign");
    }

    function test_isValidSignature_nestedTypedData_accepts(uint256 amount) public view {
        (bytes32 hash, bytes memory signature) = nestedOrder(amount, ownerKey, address(account));

        assertEq(check(hash, signature), valid(), "ERC-7739 typed data");
    }

    function test_isValidSignature_nestedTypedDataByAnother_refuses(uint256 amount) public view {
        (bytes32 hash, bytes memory signature) = nestedOrder(amount, keyOf("stranger"), address(account));

        assertEq(check(hash, signature), REFUSED, "only the owner");
    }

    function test_isValidSignature_nestedTypedDataOfAnotherAccount_refuses(uint256 amount) public view {
        (bytes32 hash, bytes memory signature) = nestedOrder(amount, ownerKey, address(0xbeef));

        assertEq(check(hash, signature), REFUSED, "bound to one account");
    }

    /// A proxy shares its owner with any number of accounts, a delegated EOA with none.
    function test_isValidSignature_hashItself_onlyOnDelegated(bytes32 hash) public view {
        assertEq(check(hash, sign(ownerKey, hash)), isDelegated() ? valid() : REFUSED, "the hash itself");
    }

    function test_isValidSignature_eip191OfHash_refuses(bytes32 hash) public view {
        assertEq(check(hash, sign(ownerKey, eip191(hash))), REFUSED, "EIP-191 is for operations");
    }

    function test_isValidSignature_anyLength_neverReverts(bytes32 hash, bytes memory signature) public view {
        assertEq(check(hash, signature), REFUSED, "refused without a revert");
    }

    function test_isValidSignature_supportProbe() public view {
        bytes32 question = 0x7739773977397739773977397739773977397739773977397739773977397739;

        assertEq(account.isValidSignature(question, ""), bytes4(0x77390001), "ERC-7739 is supported");
    }

    function check(bytes32 hash, bytes memory signature) private view returns (bytes4) {
        return account.isValidSignature(hash, signature);
    }

    function valid() private pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }

    function openfortDigest(bytes32 hash, address verifier) private view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(keccak256("OpenfortMessage(bytes32 hashedMessage)"), hash));
        return typedDigest(domainOf("Openfort", "0.5", verifier), structHash);
    }

    /// @dev An order of some exchange, signed inside the account's domain.
    function nestedOrder(uint256 amount, uint256 key, address signingAccount)
        private
        view
        returns (bytes32 hash, bytes memory signature)
    {
        string memory description = "Order(uint256 amount)";
        bytes32 exchange = domainOf("Exchange", "1", address(0xe));
        bytes32 contents = keccak256(abi.encode(keccak256(bytes(description)), amount));
        hash = typedDigest(exchange, contents);

        bytes32 typehash = keccak256(
            abi.encodePacked(
                "TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                description
            )
        );
        bytes32 nested = keccak256(
            abi.encode(
                typehash, contents, keccak256("Latchkey"), keccak256("1"), block.chainid, signingAccount, bytes32(0)
            )
        );
        signature = abi.encodePacked(
            sign(key, typedDigest(exchange, nested)), exchange, contents, description, uint16(bytes(description).length)
        );
    }

    function ownDomain() private view returns (bytes32) {
        return domainOf("Latchkey", "1", address(account));
    }

    function domainOf(string memory name, string memory version, address verifier) private view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256(bytes(name)), keccak256(bytes(version)), block.chainid, verifier)
        );
    }

    function typedDigest(bytes32 domain, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}

contract ContractSignatureOnProxyTest is ContractSignatureBehavior, ProxyHome {}

contract ContractSignatureOnDelegatedTest is ContractSignatureBehavior, DelegatedHome {}
