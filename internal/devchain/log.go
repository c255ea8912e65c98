package devchain

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"

	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/params"
)

// routeLogs sends the node's warnings and errors to logger. The node has one
// log for the whole process, so of two nodes the later one's logger gets all.
func routeLogs(logger *slog.Logger) {
	handler := warnings{logger.Handler()}.WithAttrs([]slog.Attr{slog.String("component", "devchain")})
	// The wrapper hides the concrete type: given that, the node's log package
	// would also replace the process-wide slog default.
	log.SetDefault(struct{ log.Logger }{log.NewLogger(handler)})
}

// warnings drops the running commentary that a node writes at lower levels.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler {
	return warnings{w.Handler.WithGroup(name)}
}

// refuseScriptTracers answers a request for a JavaScript tracer, or for a
// tracer that does not exist, with an error instead of a crashed handler.
var refuseScriptTracers = sync.OnceFunc(func() {
	tracers.DefaultDirectory.RegisterJSEval(func(string, *tracers.Context, json.RawMessage, *params.ChainConfig) (*tracers.Tracer, error) {
		return nil, errors.New("unknown tracer: this chain has native tracers only, such as callTracer, prestateTracer and erc7562Tracer; JavaScript tracers are not built in")
	})
})
