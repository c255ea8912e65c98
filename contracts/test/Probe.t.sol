// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {LatchkeyProbe} from "../src/probe/LatchkeyProbe.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {PaymasterFixture} from "./support/PaymasterFixture.sol";
import {Target} from "./support/Target.sol";

/// @dev The probe in the EntryPoint's place, as the server's state override puts it there.
abstract contract ProbeBehavior is PaymasterFixture {
    LatchkeyProbe private constant PROBE = LatchkeyProbe(payable(0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108));
    address private constant REAL = address(uint160(uint256(keccak256("latchkey.probe.EntryPoint"))));

    function test_probe_judgesEachSignatureApart() public {
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        bytes[] memory signatures = new bytes[](4);
        signatures[0] = abi.encodePacked(OWNER_RAW, sign(ownerKey, hash));
        signatures[1] = abi.encodePacked(SESSION_RAW, permission, sign(sessionKey, hash));
        signatures[2] = abi.encodePacked(SESSION_RAW, permission, sign(ownerKey, hash));
        signatures[3] = abi.encodePacked(SESSION_RAW, permission, hex"00", sign(sessionKey, hash));

        LatchkeyProbe.Result memory result = probe(op, hash, signatures);

        assertEq(validation(result, 0), 0, "the owner's is good");
        assertEq(uint160(validation(result, 1)), 0, "the session's is good");
        assertEq(uint160(validation(result, 2)), 1, "a wrong one walks the whole path");
        assertFalse(result.validations[3].success, "a byte too many is refused");
        assertEq(
            bytes32(bytes4(result.validations[3].output)),
            bytes32(ILatchkeyAccount.SignatureMalformed.selector),
            "and says why"
        );
        assertEq(usesOf(permission), 0, "nothing of it remains");
        assertTrue(result.validations[1].gasUsed > result.validations[0].gasUsed, "a session costs more");
    }

    function test_probe_runsTheCall() public {
        LatchkeyProbe.Result memory result = probe(operation(pingData()), 0, new bytes[](0));

        assertTrue(result.execution.success, "it would succeed");
        assertTrue(result.execution.gasUsed > 40_000, "and cost this");
        assertEq(target.pings(), 0, "but did not happen");
    }

    function test_probe_failingCall_tellsTheReason() public {
        bytes memory callData = executeData(address(target), 0, abi.encodeCall(Target.fail, (3)));

        LatchkeyProbe.Result memory result = probe(operation(callData), 0, new bytes[](0));

        assertFalse(result.execution.success, "it would revert");
        assertEq(
            result.execution.output, abi.encodeWithSelector(Target.Refused.selector, 3), "with the target's reason"
        );
    }

    function test_probe_paymaster_isAsked() public {
        PackedUserOperation memory op = sponsor(operation(pingData()));

        LatchkeyProbe.Result memory result = probe(op, 0, new bytes[](0));

        assertTrue(result.paymaster.success && result.paymaster.gasUsed > 5_000, "it agreed, for this much gas");
    }

    /// Operations may use the EntryPoint while the probe stands in its place.
    function test_probe_callsToTheEntryPoint_reachTheRealOne() public {
        uint256 before = ENTRY_POINT.balanceOf(address(account));
        bytes memory callData =
            executeData(address(ENTRY_POINT), 1 ether, abi.encodeCall(ENTRY_POINT.depositTo, (address(account))));
        place();

        LatchkeyProbe.Result memory result = PROBE.probe(operation(callData), 0, 0, new bytes[](0), address(0), "");

        assertTrue(result.execution.success, "the deposit works");
        assertEq(ENTRY_POINT.balanceOf(address(account)), before, "reads work, and nothing remains");
    }

    function test_probe_missingFunds_arePaid() public {
        PackedUserOperation memory op = operation(pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = abi.encodePacked(OWNER_RAW, sign(ownerKey, hash));
        place();

        uint256 free = PROBE.probe(op, hash, 0, signatures, address(0), "").validations[0].gasUsed;
        uint256 paid = PROBE.probe(op, hash, 1 ether, signatures, address(0), "").validations[0].gasUsed;

        assertTrue(paid > free + 6_700, "the transfer is in the figure");
    }

    function test_attempt_fromOutside_reverts() public {
        place();
        vm.expectRevert(LatchkeyProbe.OnlySelf.selector);
        PROBE.attempt(address(target), "");
    }

    /// @dev Puts both codes where the server's override puts them, once.
    function place() internal {
        if (REAL.code.length != 0) return;
        vm.etch(REAL, address(ENTRY_POINT).code);
        vm.etch(address(PROBE), deploy("LatchkeyProbe").code);
    }

    function probe(PackedUserOperation memory op, bytes32 hash, bytes[] memory signatures)
        internal
        returns (LatchkeyProbe.Result memory)
    {
        place();
        return PROBE.probe(op, hash, 0, signatures, address(0), "");
    }

    function validation(LatchkeyProbe.Result memory result, uint256 index) internal pure returns (uint256) {
        assertTrue(result.validations[index].success, "validation ran through");
        return abi.decode(result.validations[index].output, (uint256));
    }
}

contract ProbeOnProxyTest is ProbeBehavior, ProxyHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }

    function test_probe_undeployedAccount_isDeployedFirst() public {
        ownerKey = keyOf("newcomer");
        address newcomer = vm.addr(ownerKey);
        account = LatchkeyAccount(payable(factory.getAddressWithNonce(newcomer, 0)));
        PackedUserOperation memory op = operation(pingData());
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = abi.encodePacked(OWNER_RAW, sign(ownerKey, bytes32(uint256(1))));
        bytes memory create = abi.encodeCall(factory.createAccountWithNonce, (newcomer, 0, false));
        place();

        LatchkeyProbe.Result memory result = LatchkeyProbe(payable(address(ENTRY_POINT)))
            .probe(op, bytes32(uint256(1)), 0, signatures, address(factory), create);

        assertTrue(result.deployment.success && result.deployment.gasUsed > 60_000, "deployed, for this much gas");
        assertEq(validation(result, 0), 0, "and validated by the new account");
        assertTrue(result.execution.success, "which made the call");
    }
}

contract ProbeOnDelegatedTest is ProbeBehavior, DelegatedHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }
}
