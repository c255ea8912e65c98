package devchain

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxTimeTravel is 100 years in seconds: beyond any session, and far from
// where block times overflow.
const maxTimeTravel = 100 * 365 * 24 * 60 * 60

// clockAPI is the evm namespace: what development tools call to move time.
type clockAPI struct {
	sealer *sealer
}

// IncreaseTime (evm_increaseTime) seals a block that many seconds after the
// head and returns how far, in seconds, the chain is ahead of the wall clock.
// No evm_mine is needed afterwards, and one does no harm.
func (c *clockAPI) IncreaseTime(seconds quantity) (int64, error) {
	if seconds == 0 || seconds > maxTimeTravel {
		return 0, fmt.Errorf("evm_increaseTime: %d seconds is not between 1 and %d", seconds, maxTimeTravel)
	}
	if err := c.sealer.jumpTo(func(head uint64) uint64 { return head + uint64(seconds) }); err != nil {
		return 0, fmt.Errorf("evm_increaseTime: %w", err)
	}
	return int64(c.sealer.head().Time) - time.Now().Unix(), nil
}

// SetNextBlockTimestamp (evm_setNextBlockTimestamp) makes the next block carry
// this unix time, in the future. It does so by an empty block one second before.
func (c *clockAPI) SetNextBlockTimestamp(timestamp quantity) error {
	if err := checkFuture(timestamp); err != nil {
		return fmt.Errorf("evm_setNextBlockTimestamp: %w", err)
	}
	if err := c.sealer.jumpTo(func(uint64) uint64 { return uint64(timestamp) - 1 }); err != nil {
		return fmt.Errorf("evm_setNextBlockTimestamp: %w", err)
	}
	return nil
}

// Mine (evm_mine) seals one block, empty if nothing is pending; with a unix
// time, in the future, the block carries it. It returns "0x0", as other nodes do.
func (c *clockAPI) Mine(timestamp *quantity) (string, error) {
	const done = "0x0"
	if timestamp == nil {
		return done, c.sealer.mine()
	}
	if err := checkFuture(*timestamp); err != nil {
		return "", fmt.Errorf("evm_mine: %w", err)
	}
	if err := c.sealer.jumpTo(func(uint64) uint64 { return uint64(*timestamp) }); err != nil {
		return "", fmt.Errorf("evm_mine: %w", err)
	}
	return done, nil
}

// checkFuture refuses times that the sealer could not hold exactly, since
// blocks never lie behind the wall clock.
func checkFuture(timestamp quantity) error {
	now := uint64(time.Now().Unix())
	if uint64(timestamp) <= now || uint64(timestamp) > now+maxTimeTravel {
		return fmt.Errorf("timestamp %d is not in the next 100 years (unix time now is %d)", timestamp, now)
	}
	return nil
}

// quantity is a number as development tools send it: a JSON number, a hex
// string with 0x, or a decimal string.
type quantity uint64

func (q *quantity) UnmarshalJSON(text []byte) error {
	digits, base := strings.Trim(string(text), `"`), 10
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
		digits, base = hex, 16
	}
	value, err := strconv.ParseUint(digits, base, 64)
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("%s does not fit 64 bits", text)
	}
	if err != nil {
		return fmt.Errorf("%s is not a whole number, decimal or 0x-hex", text)
	}
	*q = quantity(value)
	return nil
}
