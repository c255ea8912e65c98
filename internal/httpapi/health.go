package httpapi

import (
	"context"
	"net/http"

	"github.com/ethereum/go-ethereum/common"
)

// Chain is what /health says of one chain.
type Chain struct {
	ID             uint64
	Name           string // "" when it has none
	Relayer        common.Address
	Paymaster      common.Address
	EntryPoint     common.Address
	Factory        common.Address
	Implementation common.Address
}

// Check is one thing that must work before the server can serve.
type Check struct {
	Name string // "database", "chain 31337"
	// Run answers why it does not work, nil when it does. The answer is shown
	// to anyone: it must hold no secret.
	Run func(context.Context) error
}

type health struct {
	version string
	chains  []Chain
	checks  []Check
}

func (h health) routes() []route {
	return []route{
		{method: "GET", pattern: "/health", access: access{open: true}, serve: h.alive},
		{method: "GET", pattern: "/ready", access: access{open: true}, serve: h.ready},
	}
}

func (h health) alive(*call) (any, error) {
	chains := make([]HealthChain, len(h.chains))
	for i, chain := range h.chains {
		chains[i] = HealthChain{
			ChainID:        chain.ID,
			Name:           optional(chain.Name),
			Relayer:        chain.Relayer.Hex(),
			Paymaster:      chain.Paymaster.Hex(),
			EntryPoint:     chain.EntryPoint.Hex(),
			Factory:        chain.Factory.Hex(),
			Implementation: chain.Implementation.Hex(),
		}
	}
	return Health{Status: "ok", Version: h.version, Chains: chains}, nil
}

func (h health) ready(c *call) (any, error) {
	var failures []ReadinessFailure
	for _, check := range h.checks {
		if err := check.Run(c.Context()); err != nil {
			failures = append(failures, ReadinessFailure{Check: check.Name, Error: redact(err.Error())})
		}
	}
	if len(failures) > 0 {
		return Readiness{Status: "unavailable", Reasons: failures}, nil
	}
	return Readiness{Status: "ready"}, nil
}

// status makes readiness probes see what the body says.
func (r Readiness) status() int {
	if len(r.Reasons) > 0 {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}
