package bundler

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// size bounds one bundle.
type size struct {
	operations int
	gas        uint64 // of the whole transaction
	bytes      int    // of calldata
}

// choose picks the operations of the next bundle from those that could be sent
// now, given oldest first; each of them fits a bundle of its own. It answers
// none only for none.
//
//   - Operations of one lane stay in the order of their nonces.
//   - An operation that wants to be alone shares the bundle with no other one
//     of its sender.
//   - An operation whose transaction failed on chain before travels by itself,
//     so that it takes no other one down again. So does one that comes with an
//     authorization, which may become void before it is mined.
func choose(ready []candidate, most size) []candidate {
	var bundle []candidate
	passed := make(map[lane]bool) // an operation of the lane stays behind
	for _, c := range inLaneOrder(ready) {
		if passed[c.lane()] || !joins(bundle, c, most) {
			passed[c.lane()] = true
			continue
		}
		bundle = append(bundle, c)
	}
	return bundle
}

func joins(bundle []candidate, c candidate, most size) bool {
	if len(bundle) == 0 {
		return true
	}
	if len(bundle) >= most.operations || c.travelsAlone() || bundle[0].travelsAlone() {
		return false
	}
	clashes := slices.ContainsFunc(bundle, func(other candidate) bool {
		return other.Op.Sender == c.Op.Sender && (other.Alone || c.Alone)
	})
	bundle = append(slices.Clip(bundle), c)
	return !clashes && gasLimit(bundle) <= most.gas && calldataBytes(bundle) <= most.bytes
}

func (c candidate) travelsAlone() bool { return c.Attempts > 0 || c.authorization != nil }

func calldataBytes(bundle []candidate) int {
	sum := 0
	for _, c := range bundle {
		sum += c.bytes
	}
	return sum
}

// inLaneOrder puts the operations of each lane in the order of their nonces,
// in the places that the lane's operations have.
func inLaneOrder(ops []candidate) []candidate {
	places := make(map[lane][]int)
	lanes := make(map[lane][]candidate)
	for i, c := range ops {
		places[c.lane()] = append(places[c.lane()], i)
		lanes[c.lane()] = append(lanes[c.lane()], c)
	}
	ordered := make([]candidate, len(ops))
	for l, group := range lanes {
		slices.SortStableFunc(group, func(a, b candidate) int { return a.packed.Nonce.Cmp(b.packed.Nonce) })
		for n, i := range places[l] {
			ordered[i] = group[n]
		}
	}
	return ordered
}

// senders answers who has an operation in the bundle.
func senders(bundle []candidate) map[common.Address]bool {
	set := make(map[common.Address]bool, len(bundle))
	for _, c := range bundle {
		set[c.Op.Sender] = true
	}
	return set
}
