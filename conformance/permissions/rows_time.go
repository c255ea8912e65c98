package main

import (
	"context"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// A day, so that no period ends while its row runs.
const period = 24 * 3600

// perSecond is what a stream's allowance grows by.
const perSecond = 1

// rowsOfTime are the limits that depend on time. Those that move the chain's
// clock come last.
func (w *world) rowsOfTime() []row {
	now := w.start
	transfer := func(n int64) []userop.Call {
		return w.on(w.token, "transfer(address,uint256)", w.friend, big.NewInt(n))
	}
	ping := w.on(w.sink, "ping()")
	periodic := map[string]any{"periodAmount": allowed, "periodDuration": period, "startTime": now}
	stream := map[string]any{"initialAmount": allowed, "amountPerSecond": "1", "startTime": now}
	of := func(data map[string]any) map[string]any {
		out := map[string]any{"address": w.token.Hex()}
		for name, value := range data {
			out[name] = value
		}
		return out
	}
	short := permissions(w.calls("ping()"))
	short["validUntil"] = now + windowEnd
	later := permissions(w.calls("ping()"))
	later["validAfter"] = now + windowStart
	return []row{
		{
			rule:   "rate", // the interval ends in 2033
			grant:  permissions(w.calls("ping()"), typed("rate-limit", map[string]any{"count": 2, "interval": 1_000_000_000})),
			inside: ping, edge: ping, past: ping,
			refusal: permission.RuleRate, revert: "RateExceeded",
		},
		{
			rule:  "valueStream",
			grant: permissions(w.calls("ping()"), typed("native-token-stream", stream)),
			try:   w.tryStream(now, w.pay), refusal: permission.RuleValueStream, revert: "ValueLimitExceeded",
		},
		{
			rule:  "erc20Stream",
			grant: permissions(typed("erc20-token-stream", of(stream))),
			try:   w.tryStream(now, transfer), refusal: permission.RuleERC20Stream, revert: "AmountLimitExceeded",
		},
		{
			rule:   "valuePeriod",
			grant:  permissions(w.calls("ping()"), typed("native-token-periodic", periodic)),
			inside: w.pay(some), edge: w.pay(rest), past: w.pay(1),
			refusal: permission.RuleValuePeriod, revert: "ValueLimitExceeded",
		},
		{
			rule:   "erc20Period",
			grant:  permissions(typed("erc20-token-periodic", of(periodic))),
			inside: transfer(some), edge: transfer(rest), past: transfer(1),
			refusal: permission.RuleERC20Period, revert: "AmountLimitExceeded",
		},
		{
			rule: "time window, before it", grant: later,
			try: w.tryStart, refusal: permission.RuleValidAfter, revert: notDue,
		},
		{
			rule: "time window, after it", grant: short,
			try: w.tryEnd, refusal: permission.RuleValidUntil, revert: notDue,
		},
	}
}

// What the EntryPoint says outside the window that the account answered.
const notDue = "AA22 expired or not due"

// Seconds from the start of the program to the ends of the two windows.
const (
	windowStart = 3600
	windowEnd   = 2 * 3600
)

// tryStream names the moment itself, since the allowance grows every second:
// at the edge it takes all that has accrued, and past it one unit more.
func (w *world) tryStream(start uint64, call func(int64) []userop.Call) func(context.Context, *session, *sight) error {
	return func(ctx context.Context, s *session, seen *sight) (err error) {
		if seen.inside, err = s.included(ctx, call(some)); err != nil {
			return wrap("inside", err)
		}
		moment, err := w.now(ctx)
		if err != nil {
			return err
		}
		accrued := 100 + perSecond*int64(moment-start)
		if seen.edge, err = s.includedStraight(ctx, straight{calls: call(accrued - some), moment: moment}); err != nil {
			return wrap("at the edge", err)
		}
		if seen.contract, err = s.refusedByContract(ctx, straight{calls: call(1), moment: moment}); err != nil {
			return wrap("past, by the contract", err)
		}
		const anHour = 3600 // far more than accrues until the server looks
		seen.server, err = s.refusedByServer(ctx, w.info.Policy, call(anHour))
		return wrap("past, by the server", err)
	}
}

// tryStart has the chain's clock stand before the window and then in its first
// second.
func (w *world) tryStart(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	start := s.terms.ValidAfter
	if err := w.mineAt(ctx, start-600); err != nil {
		return err
	}
	if seen.server, err = s.refusedByServer(ctx, w.info.Policy, ping); err != nil {
		return wrap("past, by the server", err)
	}
	if seen.contract, err = s.refusedByContract(ctx, straight{calls: ping}); err != nil {
		return wrap("past, by the contract", err)
	}
	if err := w.nextBlockAt(ctx, start); err != nil {
		return err
	}
	if seen.edge, err = s.includedStraight(ctx, straight{calls: ping}); err != nil {
		return wrap("at the edge", err)
	}
	seen.inside, err = s.included(ctx, ping)
	return wrap("inside", err)
}

// tryEnd has the chain's clock stand in the last second of the window, and then
// after it.
func (w *world) tryEnd(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	if seen.inside, err = s.included(ctx, ping); err != nil {
		return wrap("inside", err)
	}
	if err := w.nextBlockAt(ctx, s.terms.ValidUntil); err != nil {
		return err
	}
	if seen.edge, err = s.includedStraight(ctx, straight{calls: ping}); err != nil {
		return wrap("at the edge", err)
	}
	if err := w.mineAt(ctx, s.terms.ValidUntil+1); err != nil {
		return err
	}
	if seen.server, err = s.refusedByServer(ctx, w.info.Policy, ping); err != nil {
		return wrap("past, by the server", err)
	}
	seen.contract, err = s.refusedByContract(ctx, straight{calls: ping})
	return wrap("past, by the contract", err)
}
