// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";

/// @dev Case 3: a session signs as the account (a permit, an order, a grant), beyond every rule of its permission.
abstract contract ContractSignatureAttack is AccountFixture {
    bytes private permission;

    function setUp() public virtual override {
        super.setUp();
        permission = register(sudoGrant());
    }

    function test_case03_hashItself_refused(bytes32 hash) public view {
        refuse(hash, sign(sessionKey, hash));
        refuse(hash, sign(sessionKey, eip191(hash)));
    }

    function test_case03_operationFormat_refused(bytes32 hash) public view {
        refuse(hash, abi.encodePacked(SESSION_RAW, permission, sign(sessionKey, hash)));
        refuse(hash, abi.encodePacked(SESSION_EIP191, permission, sign(sessionKey, eip191(hash))));
    }

    function test_case03_openfortMessage_refused(bytes32 hash) public view {
        bytes32 structHash = keccak256(abi.encode(keccak256("OpenfortMessage(bytes32 hashedMessage)"), hash));
        refuse(hash, sign(sessionKey, typedDigest("Openfort", "0.5", structHash)));
    }

    function test_case03_personalSign_refused(bytes32 hash) public view {
        bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), hash));
        refuse(hash, sign(sessionKey, typedDigest("Latchkey", "1", structHash)));
    }

    function refuse(bytes32 hash, bytes memory signature) private view {
        bytes4 answer = account.isValidSignature(hash, signature);
        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), "sessions never sign for the account");
    }

    function typedDigest(string memory name, string memory version, bytes32 structHash) private view returns (bytes32) {
        bytes32 typehash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(
            abi.encode(typehash, keccak256(bytes(name)), keccak256(bytes(version)), block.chainid, address(account))
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}

contract Case03ContractSignatureOnProxyTest is ContractSignatureAttack, ProxyHome {
    function setUp() public override(AccountFixture, ContractSignatureAttack) {
        ContractSignatureAttack.setUp();
    }
}

contract Case03ContractSignatureOnDelegatedTest is ContractSignatureAttack, DelegatedHome {
    function setUp() public override(AccountFixture, ContractSignatureAttack) {
        ContractSignatureAttack.setUp();
    }
}
