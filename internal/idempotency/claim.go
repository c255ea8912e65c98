package idempotency

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/id"
)

// Claim is a request's hold on its idempotency key.
type Claim struct {
	Project, Key string
	// Token tells this claim from those that other tries of the request made.
	Token string
	// Created is the record that an earlier try has made and not answered, ""
	// when there is none.
	Created string
	// Kind is what the request is to create; records of other kinds that come
	// into being on the way are not noted.
	Kind id.Kind
}

// Answer is what a request was answered. Status 0 means that it was not.
type Answer struct {
	Status int
	Body   []byte
}

type contextKey struct{}

// With returns a context under which the store notes what it creates.
func With(ctx context.Context, c Claim) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// Noting answers the claim under which a new record must be noted; ok is false
// when there is none.
func Noting(ctx context.Context, recordID string) (c Claim, ok bool) {
	c, ok = ctx.Value(contextKey{}).(Claim)
	return c, ok && id.Is(c.Kind, recordID)
}
