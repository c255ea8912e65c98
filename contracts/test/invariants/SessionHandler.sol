// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Call} from "../../src/interfaces/ILatchkeyAccount.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {Vm} from "../support/Vm.sol";
import {ModelRule, ModelRules} from "./ModelRule.sol";
import {Promise} from "./Promise.sol";
import {ModelCall, Session} from "./SessionModel.sol";
import {SessionGenerator} from "./SessionGenerator.sol";

/// @dev What an operation of the owner does.
enum OwnerAction {
    Pay,
    Register,
    Revoke,
    RevokeAll,
    ChangeOwner
}

/// @dev One operation of a bundle, with what the model must know about it.
struct Item {
    PackedUserOperation op;
    bytes32 hash;
    /// Whether the keys that should have signed it did.
    bool isSigned;
    bool isOwners;
    OwnerAction action;
    uint256 newOwnerKey;
    uint8 newOwnerKind;
    /// The session that acts, or that the owner acts on.
    bytes32 id;
    uint8 wayIn;
    ModelCall[] calls;
    /// Calls something else than execute and executeBatch.
    bool isOtherFunction;
    address paymaster;
    uint256 worstCase;
}

/// @title Random use of an account
/// @notice Grants, bundles of operations, revocations, owner changes and time, in any order, through the EntryPoint.
/// A bundler drops what does not validate and sends the rest, so that the model judges just what got into a block.
abstract contract SessionHandler is SessionGenerator {
    using ModelRules for ModelRule;

    uint8 private constant FIRST_USE_BITS = 1 << 2;
    uint8 private constant STATELESS_BITS = 2 << 2;
    uint256 private constant MAX_SESSIONS = 96;
    uint256 private constant MAX_BUNDLE = 4;
    bytes32 private constant OPERATION_EVENT =
        keccak256("UserOperationEvent(bytes32,address,address,uint256,bool,uint256,uint256)");

    uint256 public included;
    uint256 public dropped;
    uint256 public failed;
    /// By the kind of the owner's key: its own operations, and those of sessions that brought its grant along.
    mapping(uint256 kind => uint256) public ownersOperations;
    mapping(uint256 kind => uint256) public grantsUsed;

    uint256 private _now;
    uint256 private _lane;
    uint64 private _epoch;
    uint8 private _ownerKind;
    bytes32 private _code;
    uint256[3] private _expected;

    function setUp() public virtual override {
        super.setUp();
        _now = block.timestamp;
        _code = codeOf();
        _expected = balances();
    }

    // --- actions

    /// @dev The owner grants a permission: registers it, or signs for it.
    function grant(uint256 entropy) external step(entropy) {
        if (ids.length < MAX_SESSIONS) grantSome(once(6), 0);
    }

    /// @dev A permission with one rule: where several must agree, few operations pass.
    function grantOne(uint256 entropy) external step(entropy) {
        if (ids.length < MAX_SESSIONS) grantSome(false, kinds()[entropy % 14]);
    }

    function grantSome(bool plain, uint8 only) private {
        uint256 key = random(KEYS);
        (Grant memory g, ModelRule[] memory rules) = randomGrant(key, plain, only);
        bytes memory permission = PermissionBuilder.pack(g);
        bytes32 id = account.sessionId(permission);
        ids.push(id);

        Session storage s = sessions[id];
        (s.grant, s.permission, s.key, s.epoch, s.isPersonal) = (g, permission, key, _epoch, once(2));
        bytes32 digest = grantDigest(account, permission);
        s.isPersonal = s.isPersonal && _ownerKind == 0;
        s.ownerGrant = signBy(_ownerKind, ownerKey, s.isPersonal ? eip191(digest) : digest);
        for (uint256 i = 0; i < rules.length; ++i) {
            rulesOf[id].push(rules[i]);
        }
        if (once(2)) return;
        prankOwner();
        account.registerSession(permission);
        s.status = ACTIVE;
    }

    /// @dev Up to four operations of sessions and of the owner.
    function bundle(uint256 entropy) external step(entropy) {
        Item[] memory items = new Item[](1 + random(MAX_BUNDLE));
        bool mayEndEpoch = once(6);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = ids.length == 0 || once(5) ? ownerItem(mayEndEpoch) : sessionItem(someSession());
        }
        send(items);
    }

    /// @dev One session, several times at once.
    function burst(uint256 entropy) external step(entropy) {
        if (ids.length == 0) return;
        bytes32 id = someSession();
        Item[] memory items = new Item[](1 + random(MAX_BUNDLE));
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = sessionItem(id);
        }
        send(items);
    }

    function revoke(uint256 entropy) external step(entropy) {
        if (ids.length == 0 || !once(4)) return;
        bytes32 id = someSession();
        prankOwner();
        account.revokeSession(id);
        sessions[id].status = CLOSED;
    }

    function endEpoch(uint256 entropy) external step(entropy) {
        if (!once(8)) return;
        if (isDelegated() || once(2)) {
            prankOwner();
            account.revokeAllSessions();
        } else {
            (uint256 key, uint8 kind) = (keyOf(vm.toString(entropy)), randomKind());
            asEntryPoint(changeData(kind, key));
            setOwner(kind, key);
        }
        ++_epoch;
    }

    /// @dev Somebody who is not the owner calls what only the owner may.
    function intrude(uint256 entropy) external step(entropy) {
        vm.prank(once(2) ? stranger : bundler);
        (bool ok,) = address(account).call(ownerCall());
        ok; // judged by what comes of it
    }

    function pass(uint256 time) external {
        _now += bound(time, 1, 3 hours);
    }

    // --- operations

    modifier step(uint256 entropy) {
        vm.warp(_now);
        seed(entropy);
        _;
        if (!isIntact()) breaks(Promise.Control, "owner, epoch, code or implementation changed");
        if (!compareBooks()) breaks(Promise.Books, "a status word or counter differs from what was used");
    }

    function sessionItem(bytes32 id) private returns (Item memory item) {
        Session storage s = sessions[id];
        item.id = id;
        item.isSigned = !once(12);
        item.wayIn = wayInOf(id);
        item.calls = new ModelCall[](once(3) ? 1 + random(4) : 1);
        for (uint256 i = 0; i < item.calls.length; ++i) {
            item.calls[i] = randomCall(id);
        }
        item.isOtherFunction = once(20);
        bytes memory callData = item.isOtherFunction ? ownerCall() : callDataOf(item.calls);
        price(item, newOperation(callData), s.grant.feeLimit == 0 ? !once(16) : once(6));
        item.op.signature = signatureOf(item, s);
    }

    /// @dev The latest, or mostly one that may still act.
    function someSession() private returns (bytes32 id) {
        if (once(2)) return ids[ids.length - 1];
        uint256 tries = once(8) ? 1 : 6;
        for (; tries != 0; --tries) {
            id = ids[random(ids.length)];
            Session storage s = sessions[id];
            if (s.status != CLOSED && s.epoch == _epoch && block.timestamp <= s.grant.validUntil) return id;
        }
    }

    /// @dev Mostly the one that fits.
    function wayInOf(bytes32 id) private returns (uint8) {
        if (once(10)) return [0, FIRST_USE_BITS, STATELESS_BITS][random(3)];
        if (sessions[id].status == ACTIVE) return 0;
        return remembers(sessions[id].grant, rulesOf[id]) || once(4) ? FIRST_USE_BITS : STATELESS_BITS;
    }

    function callDataOf(ModelCall[] memory made) private returns (bytes memory) {
        if (made.length == 1 && !once(4)) return executeData(made[0].call.target, made[0].call.value, made[0].call.data);
        Call[] memory calls = new Call[](made.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = made[i].call;
        }
        return abi.encodeCall(account.executeBatch, (calls));
    }

    function newOperation(bytes memory callData) private returns (PackedUserOperation memory op) {
        op = operation(callData);
        op.nonce = ++_lane << 64;
        op.accountGasLimits = bytes32(OPERATION_GAS << 128 | CALL_GAS);
    }

    /// @dev Sets the price, the paymaster and the hash.
    function price(Item memory item, PackedUserOperation memory op, bool isSponsored) private {
        uint256 maxFee = (1 + random(4)) * 1 gwei;
        op.gasFees = bytes32(uint256(1 gwei) << 128 | maxFee);
        item.worstCase = (OPERATION_GAS + CALL_GAS + PRE_VERIFICATION_GAS) * maxFee;
        if (isSponsored) {
            item.paymaster = address(payer);
            op.paymasterAndData = abi.encodePacked(payer, uint128(PAYMASTER_GAS), uint128(PAYMASTER_GAS));
            item.worstCase += 2 * PAYMASTER_GAS * maxFee;
        }
        item.op = op;
        item.hash = ENTRY_POINT.getUserOpHash(op);
    }

    function signatureOf(Item memory item, Session storage s) private returns (bytes memory) {
        uint256 flaw = item.isSigned ? 3 : random(item.wayIn == 0 ? 2 : 3);
        bytes32 hash = flaw == 0 ? keccak256(abi.encode(item.hash)) : item.hash;
        uint256 key = sessionKeyOf(flaw == 1 ? (s.key + 1) % KEYS : s.key);
        bool isPersonal = s.grant.signerType == 0 && once(2);

        uint8 mode = MODE_SESSION | item.wayIn | (isPersonal ? 1 : 0);
        bytes memory moment;
        if (isTimed(rulesOf[item.id])) {
            mode |= MODE_MOMENT;
            moment = abi.encodePacked(randomMoment());
        }
        bytes memory ownerGrant_;
        if (item.wayIn != 0) {
            if (s.isPersonal) mode |= GRANT_EIP191;
            ownerGrant_ = flaw == 2 ? signBy(_ownerKind, key, grantDigest(account, s.permission)) : s.ownerGrant;
        }
        bytes memory keySignature = signBy(s.grant.signerType, key, isPersonal ? eip191(hash) : hash);
        return bytes.concat(bytes1(mode), moment, s.permission, ownerGrant_, keySignature);
    }

    /// @dev Mostly now, sometimes near, sometimes nonsense.
    function randomMoment() private returns (uint48) {
        if (!once(4)) return uint48(block.timestamp);
        uint256 choice = random(6);
        if (choice == 0) return 0;
        if (choice == 1) return type(uint48).max;
        return uint48(choice < 4 ? block.timestamp - random(1 days) : block.timestamp + random(1 days));
    }

    function ownerItem(bool mayEndEpoch) private returns (Item memory item) {
        item.isOwners = true;
        item.isSigned = !once(12);
        item.action = randomAction(mayEndEpoch);
        (item.newOwnerKey, item.newOwnerKind) = (keyOf(vm.toString(_lane)), randomKind());
        if (ids.length != 0) item.id = someSession();
        bool isLate = item.action == OwnerAction.Register && sessions[item.id].epoch != _epoch;
        if (ids.length == 0 || isLate) item.action = OwnerAction.Pay;

        price(item, newOperation(ownerData(item)), once(4));
        uint256 key = item.isSigned ? ownerKey : sessionKeyOf(random(KEYS));
        bool isPersonal = !isDelegated() && _ownerKind == 0;
        bytes memory signature = signBy(_ownerKind, key, isPersonal ? eip191(item.hash) : item.hash);
        item.op.signature = _ownerKind == 0 ? signature : bytes.concat(bytes1(OWNER_RAW), signature);
    }

    /// @dev A bundle ends an epoch or registers, not both: what is registered after the end is another session.
    function randomAction(bool mayEndEpoch) private returns (OwnerAction) {
        uint256 choice = random(4);
        if (choice < 2) return OwnerAction.Pay;
        if (choice == 2) return OwnerAction.Revoke;
        if (!mayEndEpoch) return OwnerAction.Register;
        return isDelegated() || once(2) ? OwnerAction.RevokeAll : OwnerAction.ChangeOwner;
    }

    function ownerData(Item memory item) private view returns (bytes memory) {
        if (item.action == OwnerAction.Register) {
            return abi.encodeCall(account.registerSession, (sessions[item.id].permission));
        }
        if (item.action == OwnerAction.Revoke) return abi.encodeCall(account.revokeSession, (item.id));
        if (item.action == OwnerAction.RevokeAll) return abi.encodeCall(account.revokeAllSessions, ());
        if (item.action == OwnerAction.ChangeOwner) {
            return changeData(item.newOwnerKind, item.newOwnerKey);
        }
        return executeData(friend, 1, "");
    }

    // --- owners, by all kinds of keys

    /// @dev Mostly an EOA, which may call the account itself.
    function randomKind() private returns (uint8) {
        return uint8([0, 0, 0, 1, 2, 3][random(6)]);
    }

    function changeData(uint8 kind, uint256 key) private view returns (bytes memory) {
        if (kind == 0) return abi.encodeCall(account.changeOwner, (vm.addr(key)));
        (bytes32 x, bytes32 y) = abi.decode(publicKeyOf(key), (bytes32, bytes32));
        return abi.encodeCall(account.replaceOwnerWithKey, (kind, x, y));
    }

    function setOwner(uint8 kind, uint256 key) private {
        (_ownerKind, ownerKey) = (kind, key);
        owner = kind == 0 ? vm.addr(key) : addressOf(key);
    }

    /// @dev The next call is the owner's. Only an EOA calls by itself.
    function prankOwner() private {
        vm.prank(_ownerKind == 0 ? owner : address(ENTRY_POINT));
    }

    function signBy(uint8 kind, uint256 key, bytes32 digest) private pure returns (bytes memory) {
        return kind == 0 ? sign(key, digest) : signP256(kind, key, digest);
    }

    // --- bundles

    /// @dev Sends what validates of the items, and has the model judge it.
    function send(Item[] memory items) private {
        while (items.length != 0) {
            (bool ok, uint256 refused) = trySend(items);
            if (ok) break;
            ++dropped;
            items = without(items, refused);
        }
        included += items.length;
        for (uint256 i = 0; i < items.length; ++i) {
            judge(items[i]);
        }
        if (items.length != 0) follow(items, vm.getRecordedLogs());
        uint256[3] memory left = balances();
        for (uint256 i = 0; i < 3; ++i) {
            if (left[i] != _expected[i]) breaks(Promise.Books, "more was moved than was booked");
        }
    }

    function trySend(Item[] memory items) private returns (bool ok, uint256 refused) {
        PackedUserOperation[] memory ops = new PackedUserOperation[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            ops[i] = items[i].op;
        }
        vm.recordLogs();
        vm.prank(bundler, bundler);
        try ENTRY_POINT.handleOps(ops, beneficiary) {
            return (true, 0);
        } catch (bytes memory reason) {
            bool names = bytes4(reason) == IEntryPoint.FailedOp.selector
                || bytes4(reason) == IEntryPoint.FailedOpWithRevert.selector;
            require(names, "the EntryPoint names the operation that it refuses");
            assembly ("memory-safe") {
                refused := mload(add(reason, 0x24))
            }
        }
    }

    function without(Item[] memory items, uint256 index) private pure returns (Item[] memory rest) {
        rest = new Item[](items.length - 1);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = items[i < index ? i : i + 1];
        }
    }

    /// @dev What validation let pass. All operations of a bundle are validated before the first one acts.
    function judge(Item memory item) private {
        if (!item.isSigned) breaks(Promise.Signing, "acted by a signature of the wrong key");
        if (item.isOwners) ++ownersOperations[_ownerKind];
        if (item.isOwners) return;
        if (item.wayIn != 0) ++grantsUsed[_ownerKind];
        if (item.isOtherFunction) breaks(Promise.Granting, "called another function of the account");
        judgeLife(item, sessions[item.id], rulesOf[item.id]);
        if (!item.isOtherFunction) book(item.id, item.calls);
        bookFee(item.id, item.paymaster, item.worstCase);
    }

    function judgeLife(Item memory item, Session storage s, ModelRule[] memory rules) private {
        if (s.epoch != _epoch) breaks(Promise.Closing, "acted in a later epoch");
        if (s.status == CLOSED) breaks(Promise.Closing, "acted after its close");
        if (item.wayIn == 0 && s.status != ACTIVE) breaks(Promise.Closing, "acted without being registered");
        if (item.wayIn != 0 && s.status != NONE) breaks(Promise.Closing, "was let in twice");
        if (item.wayIn == FIRST_USE_BITS) s.status = ACTIVE;
        if (item.wayIn == STATELESS_BITS && remembers(s.grant, rules)) breaks(Promise.Books, "counts without being registered");
        if (block.timestamp < s.grant.validAfter || block.timestamp > s.grant.validUntil) {
            breaks(Promise.Closing, "acted out of its time");
        }
        for (uint256 i = 0; i < rules.length; ++i) {
            bool isEarly = rules[i].isTimed() && rules[i].kind != 0x42 && block.timestamp < rules[i].start;
            if (isEarly) breaks(Promise.Closing, "acted before a rule's start");
        }
    }

    /// @dev What the operations did, in their order.
    function follow(Item[] memory items, Vm.Log[] memory logs) private {
        uint256 next;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(ENTRY_POINT) || logs[i].topics[0] != OPERATION_EVENT) continue;
            Item memory item = items[next++];
            require(item.hash == logs[i].topics[1], "operations act in their order");
            (, bool ok, uint256 paid,) = abi.decode(logs[i].data, (uint256, bool, uint256, uint256));
            if (paid > item.worstCase) breaks(Promise.Fees, "cost more than was charged");
            if (!ok) ++failed;
            else if (item.isOwners) followOwner(item);
            else followCalls(item.calls);
        }
        require(next == items.length, "every operation has its event");
    }

    function followOwner(Item memory item) private {
        if (item.action == OwnerAction.Pay) _expected[0] -= 1;
        if (item.action == OwnerAction.Register) sessions[item.id].status = ACTIVE;
        if (item.action == OwnerAction.Revoke) sessions[item.id].status = CLOSED;
        if (item.action == OwnerAction.RevokeAll || item.action == OwnerAction.ChangeOwner) ++_epoch;
        if (item.action == OwnerAction.ChangeOwner) {
            setOwner(item.newOwnerKind, item.newOwnerKey);
        }
    }

    function followCalls(ModelCall[] memory calls) private {
        for (uint256 i = 0; i < calls.length; ++i) {
            _expected[0] -= calls[i].call.value;
            bytes4 selector = bytes4(calls[i].call.data);
            bool moves = selector == IERC20.transfer.selector || selector == IERC20.transferFrom.selector;
            if (calls[i].standard != 0x11 || !moves) continue;
            _expected[calls[i].call.target == address(coins[0]) ? 1 : 2] -= calls[i].amount;
        }
    }

    // --- what must stay as it is

    function isIntact() private view returns (bool) {
        return account.owner() == owner && account.epoch() == _epoch && codeOf() == _code;
    }

    function codeOf() private view returns (bytes32) {
        bytes32 slot = vm.load(address(account), ERC1967Utils.IMPLEMENTATION_SLOT);
        return keccak256(abi.encode(address(account).code, slot));
    }

    function balances() private view returns (uint256[3] memory) {
        return [
            address(account).balance, coins[0].balanceOf(address(account)), coins[1].balanceOf(address(account))
        ];
    }

    function isTimed(ModelRule[] memory rules) private pure returns (bool) {
        for (uint256 i = 0; i < rules.length; ++i) {
            if (rules[i].isTimed()) return true;
        }
        return false;
    }

    function remembers(Grant memory g, ModelRule[] memory rules) private pure returns (bool) {
        if (g.limit != 0 || g.feeLimit != 0) return true;
        for (uint256 i = 0; i < rules.length; ++i) {
            if (rules[i].hasCounter()) return true;
        }
        return false;
    }
}
