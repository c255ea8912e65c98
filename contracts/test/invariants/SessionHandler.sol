// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {AccountFixture} from "../support/AccountFixture.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {Target} from "../support/Target.sol";

/// @title Random use of an account
/// @notice Grants, uses, revokes and lets time pass in any order, beside a model of what must follow. The model is
/// written from the permission format, not from the contract.
abstract contract SessionHandler is AccountFixture {
    /// @dev What the model knows about one session.
    struct Model {
        bool registered;
        bool closed;
        uint64 epoch;
        uint256 uses;
        uint256 fees;
        /// What the account really lost to it.
        uint256 paid;
    }

    uint256 public constant SESSIONS = 4;

    Grant[SESSIONS] private _grants;
    uint256[SESSIONS] private _keys;
    mapping(bytes32 id => Model) private _models;
    uint256 private _now;
    uint64 private _salt;

    /// What must never happen, told by the action that saw it; empty as long as all is well.
    string public violation;
    uint256 public acted;
    uint256 public refused;

    function setUp() public virtual override {
        super.setUp();
        _now = block.timestamp;
        vm.deal(address(account), 1000 ether);
        ENTRY_POINT.depositTo{value: 1000 ether}(address(account));
        for (uint256 i = 0; i < SESSIONS; ++i) {
            _keys[i] = keyOf(string.concat("session ", vm.toString(i)));
            Grant memory g = i == 3 ? sudoGrant() : defaultGrant();
            g.signer = vm.addr(_keys[i]);
            g.limit = uint48(i == 2 ? 0 : 3 + i);
            g.feeLimit = uint96(WORST_CASE * (4 + i));
            g.validAfter = uint48(_now + i * 1 hours);
            g.validUntil = uint48(_now + 1 days + i * 1 hours);
            _grants[i] = g;
        }
    }

    // --- actions

    /// @dev Grants the terms, under a new salt where the last grant is closed.
    function grant(uint256 index) external atModelTime {
        bytes memory permission = permissionOf(index);
        if (_models[account.sessionId(permission)].closed) {
            _grants[index % SESSIONS].salt = bytes8(++_salt);
            permission = permissionOf(index);
        }
        Model storage model = _models[account.sessionId(permission)];
        if (model.registered) return;
        submit(ownerOperation(abi.encodeCall(account.registerSession, (permission))));
        model.registered = true;
        model.epoch = account.epoch();
    }

    function revoke(uint256 index, uint8 dice) external atModelTime {
        if (dice >= 96) return;
        bytes32 id = account.sessionId(permissionOf(index));
        submit(ownerOperation(abi.encodeCall(account.revokeSession, (id))));
        _models[id].closed = true;
    }

    function revokeAll(uint8 dice) external atModelTime {
        if (dice >= 32) return;
        submit(ownerOperation(abi.encodeCall(account.revokeAllSessions, ())));
    }

    function changeOwner(uint8 dice) external atModelTime {
        if (dice >= 32 || isDelegated()) return;
        ownerKey = keyOf(string.concat("owner ", vm.toString(dice)));
        vm.prank(owner);
        owner = vm.addr(ownerKey);
        account.changeOwner(owner);
    }

    function pass(uint256 time) external {
        _now += bound(time, 1, 3 hours);
    }

    /// @dev Calls that the permission allows, at some price.
    function use(uint256 index, uint256 times, uint256 price) external atModelTime {
        for (times = bound(times, 1, 3); times > 0; --times) {
            act(index, pingData(), true, true, bound(price, 1 gwei, 4 gwei));
        }
    }

    /// @dev The same by a key that is not the session's.
    function steal(uint256 index) external atModelTime {
        act(index, pingData(), false, true, 1 gwei);
    }

    /// @dev A call that no permission here allows, except that the sudo session may call anybody but two.
    function reach(uint256 index, uint256 choice, uint256 value, bytes calldata data) external atModelTime {
        index %= SESSIONS;
        address[5] memory places = [address(account), address(ENTRY_POINT), address(target), stranger, address(factory)];
        address to = places[choice % 5];
        value = bound(value, 0, 1 ether);
        bool granted = to == address(target) && value == 0 && bytes4(data) == Target.ping.selector && data.length >= 4;
        bool allowed = granted || (_grants[index].sudo && to != address(account) && to != address(ENTRY_POINT));
        act(index, executeData(to, value, data), true, allowed, 2 gwei);
    }

    /// @dev Any other function of the account.
    function abuse(uint256 index, uint256 choice) external atModelTime {
        bytes[7] memory calls = [
            abi.encodeCall(account.registerSession, (permissionOf(index % SESSIONS + 1))),
            abi.encodeCall(account.revokeSession, (bytes32(0))),
            abi.encodeCall(account.revokeAllSessions, ()),
            abi.encodeCall(account.changeOwner, (stranger)),
            abi.encodeCall(account.upgradeToAndCall, (address(implementation), "")),
            abi.encodeWithSelector(account.executeBatch.selector, uint256(0x20), uint256(0)),
            abi.encodeCall(account.initialize, (stranger))
        ];
        act(index, calls[choice % 7], true, false, 2 gwei);
    }

    // --- what the invariants read

    function check() external view {
        for (uint256 i = 0; i < SESSIONS; ++i) {
            bytes memory permission = permissionOf(i);
            Grant memory g = _grants[i];
            Model memory model = _models[account.sessionId(permission)];

            assertEq(usesOf(permission), g.limit == 0 ? 0 : model.uses, "uses are what was made");
            if (g.limit != 0) assertLe(model.uses, g.limit, "never more uses than granted");
            assertEq(feesOf(permission), model.fees, "fees are the worst case of each");
            assertLe(feesOf(permission), g.feeLimit, "never more fees than granted");
            assertLe(model.paid, model.fees, "never more paid than charged");
        }
        assertEq(account.owner(), owner, "only the owner hands the account over");
    }

    // --- inside

    modifier atModelTime() {
        vm.warp(_now);
        _;
    }

    function permissionOf(uint256 index) private view returns (bytes memory) {
        return PermissionBuilder.pack(_grants[index % SESSIONS]);
    }

    function act(uint256 index, bytes memory callData, bool byItsKey, bool allowed, uint256 price) private {
        index %= SESSIONS;
        bytes memory permission = permissionOf(index);
        bytes32 id = account.sessionId(permission);
        PackedUserOperation memory op = operation(callData);
        op.gasFees = bytes32(uint256(1 gwei) << 128 | price);
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = abi.encodePacked(SESSION_RAW, permission, sign(byItsKey ? _keys[index] : keyOf("thief"), hash));

        uint256 fee = (VERIFICATION_GAS + CALL_GAS + PRE_VERIFICATION_GAS) * price;
        bool expected = byItsKey && allowed && isLive(index, id) && hasRoom(index, id, fee);
        bytes32 others = fingerprintWithout(index);
        uint256 deposit = ENTRY_POINT.balanceOf(address(account));

        bool ok = trySubmit(op);

        if (ok != expected) violation = ok ? "acted beyond its permission" : "refused within its permission";
        if (fingerprintWithout(index) != others) violation = "changed the account or another session";
        if (!ok) {
            ++refused;
            return;
        }
        ++acted;
        Model storage model = _models[id];
        ++model.uses;
        model.fees += fee;
        model.paid += deposit - ENTRY_POINT.balanceOf(address(account));
    }

    function isLive(uint256 index, bytes32 id) private view returns (bool) {
        Model memory model = _models[id];
        bool open = model.registered && !model.closed && model.epoch == account.epoch();
        return open && _now >= _grants[index].validAfter && _now <= _grants[index].validUntil;
    }

    function hasRoom(uint256 index, bytes32 id, uint256 fee) private view returns (bool) {
        Model memory model = _models[id];
        Grant memory g = _grants[index];
        return (g.limit == 0 || model.uses < g.limit) && model.fees + fee <= g.feeLimit;
    }

    /// @dev Everything about the account that a use of session `index` must leave alone.
    function fingerprintWithout(uint256 index) private view returns (bytes32 print) {
        bytes32 code = keccak256(address(account).code);
        bytes32 slot = vm.load(address(account), ERC1967Utils.IMPLEMENTATION_SLOT);
        print = keccak256(abi.encode(account.owner(), account.epoch(), code, slot));
        for (uint256 i = 0; i < SESSIONS; ++i) {
            if (i != index) print = keccak256(abi.encode(print, wordOf(permissionOf(i))));
        }
    }

    function trySubmit(PackedUserOperation memory op) private returns (bool) {
        PackedUserOperation[] memory ops = new PackedUserOperation[](1);
        ops[0] = op;
        vm.prank(bundler, bundler);
        try ENTRY_POINT.handleOps(ops, beneficiary) {
            return true;
        } catch {
            return false;
        }
    }
}
