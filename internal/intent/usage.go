package intent

import (
	"context"
	"math/big"
	"slices"
	"time"
)

// Usage is what one policy, or the accounts themselves, paid for in one hour.
type Usage struct {
	PolicyID   string    // "" for what accounts paid
	Hour       time.Time // its beginning
	Operations int       // included, failed ones too
	Failed     int
	GasFee     *big.Int // wei
}

// usage is what an intent adds to the books when it is included.
func (in Intent) usage(now time.Time) *Usage {
	u := Usage{PolicyID: in.PolicyID, Hour: now.UTC().Truncate(time.Hour), Operations: 1, GasFee: in.Outcome.GasFee}
	if !in.Outcome.Success {
		u.Failed = 1
	}
	return &u
}

// Minute is how many intents of one minute stand where.
type Minute struct {
	At     time.Time
	Counts map[Status]int
}

// Total counts all intents of the minute.
func (m Minute) Total() int {
	n := 0
	for _, count := range m.Counts {
		n += count
	}
	return n
}

// FailureCount is how often intents failed for one reason.
type FailureCount struct {
	Failure Failure // of the newest
	Count   int
	Newest  string // intent
}

// UsageSince answers the hours since then, oldest first; of one policy, or of
// all and the accounts when policyID is "".
func (s *Service) UsageSince(ctx context.Context, projectID, policyID string, since time.Time) ([]Usage, error) {
	return s.Store.Usage(ctx, projectID, policyID, since)
}

// Minutes counts the intents made since then, minute by minute, oldest first.
// Minutes without any are left out.
func (s *Service) Minutes(ctx context.Context, projectID string, since time.Time) ([]Minute, error) {
	return s.Store.IntentMinutes(ctx, projectID, since)
}

// mostFailures bounds how many failures are looked at for their reasons.
const mostFailures = 500

// Failures counts why intents failed since then, the most frequent reason
// first. It looks at the newest ones only when there are very many; clipped says
// so.
func (s *Service) Failures(ctx context.Context, projectID string, since time.Time) (counts []FailureCount, clipped bool, err error) {
	failed, err := s.Store.Failures(ctx, projectID, since, mostFailures)
	if err != nil {
		return nil, false, err
	}
	at := make(map[string]int)
	for _, f := range failed {
		key := f.Failure.Name
		if key == "" {
			key = f.Failure.Reason
		}
		i, known := at[key]
		if !known {
			i = len(counts)
			at[key] = i
			counts = append(counts, FailureCount{Failure: f.Failure, Newest: f.IntentID})
		}
		counts[i].Count++
	}
	slices.SortStableFunc(counts, func(a, b FailureCount) int { return b.Count - a.Count })
	return counts, len(failed) == mostFailures, nil
}

// FailedIntent is why one intent failed.
type FailedIntent struct {
	IntentID string
	Failure  Failure
}
