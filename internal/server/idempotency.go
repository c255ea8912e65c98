package server

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/store"
)

// idempotency is the store in the words of the API.
type idempotency struct{ *store.DB }

func (i idempotency) Begin(ctx context.Context, projectID, key, route, requestHash string) (status int, body []byte, err error) {
	answer, err := i.DB.Begin(ctx, projectID, key, route, requestHash)
	if err != nil || answer == nil {
		return 0, nil, err
	}
	return answer.Status, answer.Body, nil
}
