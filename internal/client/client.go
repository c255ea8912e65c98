// Package client calls the public HTTP API as an app would. The demo and the
// benchmarks use it; it reads only the fields that they need.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ethereum/go-ethereum/common"
)

// Client calls one server with a project's keys.
type Client struct {
	Base        string // such as http://127.0.0.1:8080
	Secret      string
	Publishable string
}

// Session is what is read of a session.
type Session struct {
	ID                 string      `json:"id"`
	Address            string      `json:"address"`
	Status             string      `json:"status"`
	NextAction         *NextAction `json:"nextAction"`
	TransactionIntents []struct {
		ID string `json:"id"`
	} `json:"transactionIntents"`
}

// Intent is what is read of a transaction intent.
type Intent struct {
	ID         string      `json:"id"`
	NextAction *NextAction `json:"nextAction"`
	Response   *Response   `json:"response"`
}

// Response is the outcome of a transaction intent, nil while it is pending.
type Response struct {
	TransactionHash string `json:"transactionHash"`
	GasUsed         string `json:"gasUsed"`
	Status          int    `json:"status"` // 1 is success
}

// NextAction asks for a signature.
type NextAction struct {
	Payload struct {
		SignableHash common.Hash `json:"signableHash"`
	} `json:"payload"`
}

// Refusal is an answer other than 200, in the API's words.
type Refusal struct {
	Status  int
	Message string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Message) }

// Get reads path with the secret key into out.
func (c Client) Get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, c.Secret, nil, out)
}

// Post sends body with the secret key and reads the answer into out.
func (c Client) Post(ctx context.Context, path string, body, out any) error {
	return c.do(ctx, http.MethodPost, path, c.Secret, body, out)
}

// PostPublic sends with the publishable key, as a browser would.
func (c Client) PostPublic(ctx context.Context, path string, body, out any) error {
	return c.do(ctx, http.MethodPost, path, c.Publishable, body, out)
}

func (c Client) do(ctx context.Context, method, path, key string, body, out any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s %s: write body: %w", method, path, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return refusal(method, path, res)
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	return nil
}

func refusal(method, path string, res *http.Response) error {
	var answer struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s %s: answered %s without an error body: %w", method, path, res.Status, err)
	}
	return &Refusal{Status: res.StatusCode, Message: answer.Error.Message}
}
